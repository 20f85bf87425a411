"""Countries by the names that people write."""

import phonenumbers
import pytest

from bot.basics.countries import NAMES, country_name, region_named, regions_near


def test_every_country_with_phone_numbers_has_a_name_of_its_own() -> None:
    assert set(NAMES) == set(phonenumbers.SUPPORTED_REGIONS)
    assert len(set(NAMES.values())) == len(NAMES)


@pytest.mark.parametrize("code", sorted(NAMES))
def test_a_name_that_is_shown_can_be_typed(code: str) -> None:
    assert region_named(country_name(code)) == region_named(NAMES[code].lower()) == region_named(code.lower()) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("united kingdom", "GB"),
        ("the USA", "US"),
        ("U.S.", "US"),
        ("Cote d’Ivoire", "CI"),
        ("holland", "NL"),
        ("xx", None),
    ],
)
def test_other_names_are_read_too(typed: str, code: str | None) -> None:
    assert region_named(typed) == code


def test_a_mistyped_name_is_near() -> None:
    assert regions_near("germny") == ["DE"]


def test_a_sentence_has_the_article() -> None:
    assert [country_name(one) for one in ("US", "DE", "NL")] == ["the United States", "Germany", "the Netherlands"]
