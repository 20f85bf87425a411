"""Emoji as Slack writes them, ``:smile:``, and as people see them: 😄."""

import re
from typing import Final
from unicodedata import category, lookup

_TABLE: Final = """
smile=😄 smiley=😃 grinning=😀 grin=😁 laughing=😆 satisfied=😆 sweat_smile=😅 joy=😂 rofl=🤣
rolling_on_the_floor_laughing=🤣 slightly_smiling_face=🙂 simple_smile=🙂 upside_down_face=🙃 wink=😉
blush=😊 innocent=😇 heart_eyes=😍 star-struck=🤩 kissing_heart=😘 relaxed=☺️ yum=😋 stuck_out_tongue=😛
stuck_out_tongue_winking_eye=😜 hugging_face=🤗 thinking_face=🤔 neutral_face=😐 expressionless=😑
no_mouth=😶 smirk=😏 unamused=😒 face_with_rolling_eyes=🙄 grimacing=😬 relieved=😌 pensive=😔 sleepy=😪
sleeping=😴 mask=😷 face_with_thermometer=🤒 sunglasses=😎 confused=😕 worried=😟 slightly_frowning_face=🙁
white_frowning_face=☹️ open_mouth=😮 hushed=😯 astonished=😲 flushed=😳 cry=😢 sob=😭 scream=😱
disappointed=😞 sweat=😓 weary=😩 tired_face=😫 triumph=😤 rage=😡 angry=😠 partying_face=🥳 pleading_face=🥺
melting_face=🫠 saluting_face=🫡 smiling_face_with_tear=🥲 wave=👋 raised_hand=✋ hand=✋ ok_hand=👌 v=✌️
crossed_fingers=🤞 point_left=👈 point_right=👉 point_up=☝️ point_down=👇 +1=👍 thumbsup=👍 -1=👎
thumbsdown=👎 facepunch=👊 clap=👏 raised_hands=🙌 pray=🙏 handshake=🤝 muscle=💪 writing_hand=✍️ eyes=👀
shrug=🤷 facepalm=🤦 heart=❤️ orange_heart=🧡 yellow_heart=💛 green_heart=💚 blue_heart=💙 purple_heart=💜
black_heart=🖤 white_heart=🤍 broken_heart=💔 two_hearts=💕 100=💯 boom=💥 sweat_drops=💦 dash=💨 zzz=💤
tada=🎉 confetti_ball=🎊 balloon=🎈 birthday=🎂 cake=🍰 gift=🎁 christmas_tree=🎄 trophy=🏆 medal=🏅
sparkles=✨ star=⭐ star2=🌟 fire=🔥 sunny=☀️ cloud=☁️ umbrella=☔ rain_cloud=🌧️ snowflake=❄️ zap=⚡
rainbow=🌈 palm_tree=🌴 evergreen_tree=🌲 four_leaf_clover=🍀 rose=🌹 sunflower=🌻 bouquet=💐 coffee=☕
tea=🍵 beer=🍺 beers=🍻 wine_glass=🍷 champagne=🍾 clinking_glasses=🥂 pizza=🍕 hamburger=🍔 sandwich=🥪
taco=🌮 sushi=🍣 doughnut=🍩 cookie=🍪 apple=🍎 avocado=🥑 dog=🐶 cat=🐱 car=🚗 red_car=🚗 truck=🚚 bus=🚌
train=🚋 airplane=✈️ ship=🚢 bike=🚲 rocket=🚀 house=🏠 office=🏢 hospital=🏥 hotel=🏨 phone=☎️
telephone_receiver=📞 calling=📲 iphone=📱 computer=💻 email=📧 envelope=✉️ package=📦 memo=📝 pencil=📝
calendar=📆 date=📅 clock1=🕐 hourglass=⌛ alarm_clock=⏰ watch=⌚ bell=🔔 no_bell=🔕 speech_balloon=💬
mega=📣 lock=🔒 unlock=🔓 key=🔑 wrench=🔧 hammer=🔨 bulb=💡 moneybag=💰 credit_card=💳
chart_with_upwards_trend=📈 pushpin=📌 paperclip=📎 link=🔗 mag=🔍 white_check_mark=✅ heavy_check_mark=✔️
ballot_box_with_check=☑️ x=❌ negative_squared_cross_mark=❎ no_entry=⛔ no_entry_sign=🚫 warning=⚠️
exclamation=❗ heavy_exclamation_mark=❗ question=❓ grey_question=❔ information_source=ℹ️ sos=🆘 new=🆕
free=🆓 soon=🔜 arrow_right=➡️ arrow_left=⬅️ arrow_up=⬆️ arrow_down=⬇️ red_circle=🔴
large_green_circle=🟢 large_yellow_circle=🟡 large_blue_circle=🔵 skin-tone-2=🏻 skin-tone-3=🏼
skin-tone-4=🏽 skin-tone-5=🏾 skin-tone-6=🏿
"""
_NAMES: Final = dict(pair.rsplit("=", 1) for pair in _TABLE.split())
_NAMED: Final = re.compile(r":([a-z0-9_+\-]{1,60}):")
_SHORTEST: Final = 3
"""Letters of a name that is looked for in Unicode: ``10:on:time`` holds no emoji."""


def with_emoji(text: str) -> str:
    """Put emoji in the place of their names. What is no name of one stays as it is."""
    return _NAMED.sub(lambda match: _emoji(match[1]) or match[0], text) if ":" in text else text


def _emoji(name: str) -> str:
    if (known := _NAMES.get(name)) is not None:
        return known
    if len(name) < _SHORTEST:
        return ""
    try:
        found = lookup(name.replace("_", " ").replace("-", " "))
    except KeyError:
        return ""
    return found if category(found) == "So" else ""
