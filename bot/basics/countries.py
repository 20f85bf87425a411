"""The names of countries as people write them, by the two letters that phone numbers know them by."""

import re
from collections.abc import Mapping
from typing import Final

from bot.basics.language import ENGLISH, say_country, spoken
from bot.basics.name_search import fold
from bot.basics.words import did_you_mean, slips_by_key

_TABLE: Final = """
AC=Ascension Island;AD=Andorra;AE=United Arab Emirates;AF=Afghanistan;AG=Antigua and Barbuda;AI=Anguilla;AL=Albania
AM=Armenia;AO=Angola;AR=Argentina;AS=American Samoa;AT=Austria;AU=Australia;AW=Aruba;AX=Åland Islands;AZ=Azerbaijan
BA=Bosnia and Herzegovina;BB=Barbados;BD=Bangladesh;BE=Belgium;BF=Burkina Faso;BG=Bulgaria;BH=Bahrain;BI=Burundi
BJ=Benin;BL=Saint Barthélemy;BM=Bermuda;BN=Brunei;BO=Bolivia;BQ=Caribbean Netherlands;BR=Brazil;BS=Bahamas;BT=Bhutan
BW=Botswana;BY=Belarus;BZ=Belize;CA=Canada;CC=Cocos Islands;CD=Democratic Republic of the Congo
CF=Central African Republic;CG=Republic of the Congo;CH=Switzerland;CI=Ivory Coast;CK=Cook Islands;CL=Chile
CM=Cameroon;CN=China;CO=Colombia;CR=Costa Rica;CU=Cuba;CV=Cape Verde;CW=Curaçao;CX=Christmas Island;CY=Cyprus
CZ=Czech Republic;DE=Germany;DJ=Djibouti;DK=Denmark;DM=Dominica;DO=Dominican Republic;DZ=Algeria;EC=Ecuador
EE=Estonia;EG=Egypt;EH=Western Sahara;ER=Eritrea;ES=Spain;ET=Ethiopia;FI=Finland;FJ=Fiji;FK=Falkland Islands
FM=Micronesia;FO=Faroe Islands;FR=France;GA=Gabon;GB=United Kingdom;GD=Grenada;GE=Georgia;GF=French Guiana;GG=Guernsey
GH=Ghana;GI=Gibraltar;GL=Greenland;GM=Gambia;GN=Guinea;GP=Guadeloupe;GQ=Equatorial Guinea;GR=Greece;GT=Guatemala
GU=Guam;GW=Guinea-Bissau;GY=Guyana;HK=Hong Kong;HN=Honduras;HR=Croatia;HT=Haiti;HU=Hungary;ID=Indonesia;IE=Ireland
IL=Israel;IM=Isle of Man;IN=India;IO=British Indian Ocean Territory;IQ=Iraq;IR=Iran;IS=Iceland;IT=Italy;JE=Jersey
JM=Jamaica;JO=Jordan;JP=Japan;KE=Kenya;KG=Kyrgyzstan;KH=Cambodia;KI=Kiribati;KM=Comoros;KN=Saint Kitts and Nevis
KP=North Korea;KR=South Korea;KW=Kuwait;KY=Cayman Islands;KZ=Kazakhstan;LA=Laos;LB=Lebanon;LC=Saint Lucia
LI=Liechtenstein;LK=Sri Lanka;LR=Liberia;LS=Lesotho;LT=Lithuania;LU=Luxembourg;LV=Latvia;LY=Libya;MA=Morocco
MC=Monaco;MD=Moldova;ME=Montenegro;MF=Saint Martin;MG=Madagascar;MH=Marshall Islands;MK=North Macedonia;ML=Mali
MM=Myanmar;MN=Mongolia;MO=Macau;MP=Northern Mariana Islands;MQ=Martinique;MR=Mauritania;MS=Montserrat;MT=Malta
MU=Mauritius;MV=Maldives;MW=Malawi;MX=Mexico;MY=Malaysia;MZ=Mozambique;NA=Namibia;NC=New Caledonia;NE=Niger
NF=Norfolk Island;NG=Nigeria;NI=Nicaragua;NL=Netherlands;NO=Norway;NP=Nepal;NR=Nauru;NU=Niue;NZ=New Zealand;OM=Oman
PA=Panama;PE=Peru;PF=French Polynesia;PG=Papua New Guinea;PH=Philippines;PK=Pakistan;PL=Poland
PM=Saint Pierre and Miquelon;PR=Puerto Rico;PS=Palestine;PT=Portugal;PW=Palau;PY=Paraguay;QA=Qatar;RE=Réunion
RO=Romania;RS=Serbia;RU=Russia;RW=Rwanda;SA=Saudi Arabia;SB=Solomon Islands;SC=Seychelles;SD=Sudan;SE=Sweden
SG=Singapore;SH=Saint Helena;SI=Slovenia;SJ=Svalbard and Jan Mayen;SK=Slovakia;SL=Sierra Leone;SM=San Marino
SN=Senegal;SO=Somalia;SR=Suriname;SS=South Sudan;ST=São Tomé and Príncipe;SV=El Salvador;SX=Sint Maarten;SY=Syria
SZ=Eswatini;TA=Tristan da Cunha;TC=Turks and Caicos Islands;TD=Chad;TG=Togo;TH=Thailand;TJ=Tajikistan;TK=Tokelau
TL=East Timor;TM=Turkmenistan;TN=Tunisia;TO=Tonga;TR=Turkey;TT=Trinidad and Tobago;TV=Tuvalu;TW=Taiwan;TZ=Tanzania
UA=Ukraine;UG=Uganda;US=United States;UY=Uruguay;UZ=Uzbekistan;VA=Vatican City;VC=Saint Vincent and the Grenadines
VE=Venezuela;VG=British Virgin Islands;VI=United States Virgin Islands;VN=Vietnam;VU=Vanuatu;WF=Wallis and Futuna
WS=Samoa;XK=Kosovo;YE=Yemen;YT=Mayotte;ZA=South Africa;ZM=Zambia;ZW=Zimbabwe
"""
NAMES: Final[Mapping[str, str]] = dict(
    pair.split("=", 1) for line in _TABLE.split("\n") for pair in line.split(";") if pair
)
_ALSO: Final[Mapping[str, str]] = {
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "usa": "US", "america": "US", "united states of america": "US", "u s": "US",
    "u s a": "US", "u k": "GB", "the states": "US", "uae": "AE", "emirates": "AE", "holland": "NL", "czechia": "CZ",
    "turkiye": "TR", "korea": "KR", "burma": "MM", "macao": "MO", "congo": "CG", "drc": "CD", "cote d ivoire": "CI",
    "cabo verde": "CV", "timor leste": "TL", "swaziland": "SZ", "macedonia": "MK", "ger": "DE", "deutschland": "DE",
    "espana": "ES", "us virgin islands": "VI", "vatican": "VA", "bosnia": "BA",
}  # fmt: skip
"""What people type besides a country's name and its two letters."""
_WITH_THE: Final = frozenset(
    {"AE", "BQ", "BS", "CC", "CD", "CF", "CG", "CK", "CZ", "DO", "FK", "FO", "GB", "GM", "IM", "IO", "KM", "KY", "MH",
     "MP", "MV", "NL", "PH", "SB", "SC", "TC", "US", "VG", "VI"}
)  # fmt: skip
"""Countries that are called "the …" in a sentence."""


def plain_country_name(region: str) -> str:
    """Return a country's name as a list has it: "United States"; what is no country's code stays as it is."""
    return say_country(region, NAMES.get(region, region))


def country_name(region: str) -> str:
    """Return a country's name as a sentence has it: "the United States"."""
    name = plain_country_name(region)
    return f"the {name}" if region in _WITH_THE and spoken() == ENGLISH else name


def region_named(text: str) -> str | None:
    """Return the country that somebody typed by its name or its two letters, None for anything else."""
    if (code := text.strip().upper()) in NAMES:
        return code
    said = _plain(text)
    return _ALSO.get(said) or _by_name().get(said)


def regions_near(text: str) -> list[str]:
    """Return the countries whose names, or two letters, are nearest to a mistyped one."""
    typed = text.strip().casefold()
    if len(typed) == _CODE and typed.isalpha():
        codes = (code for code in NAMES if sorted(code.casefold()) == sorted(typed) or slips_by_key(typed, code))
        return list(codes)[:_MOST_NEAR]
    by_name = _by_name()
    return list(dict.fromkeys(by_name[name] for name in did_you_mean(_plain(text), by_name)))


_CODE: Final = 2
_MOST_NEAR: Final = 5


def _by_name() -> dict[str, str]:
    """Return the countries by their names, in English and in the language spoken now."""
    return {_plain(name): code for code, english in NAMES.items() for name in (english, say_country(code, english))}


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[.'’-]", " ", fold(text)).split()).removeprefix("the ")
