"""Each person reads what they use Slack in; what several people read is in the team's language."""

from collections.abc import Iterator

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, SAM
from bot.sandbox.demo import Demo
from tests.flows.channel import miss_a_call, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


@pytest.fixture
def ana(demo: Demo) -> Iterator[Hands]:
    """An agent whose Slack is in Spanish."""
    hands = Hands(demo, ANA)
    hands.person.read_in("es-LA")
    yield hands
    hands.person.read_in("en-US")


async def test_answers_and_buttons_are_in_the_persons_language(ana: Hands) -> None:
    answer = await ana.type("/dp dnd on for 30m")
    assert "No molestar: desactivado → activado" in said(answer)
    assert "Desactivar ya" in labels(answer)
    await ana.press(answer, "Desactivar ya")
    assert not ana.account.do_not_disturb


async def test_forms_previews_and_their_buttons_are_too(ana: Hands) -> None:
    await ana.type("/dp sms")
    form = await ana.modal()
    assert form["title"]["text"] == "Enviar un SMS"
    assert form["submit"]["text"] == "Vista previa"
    await ana.person.close(form)
    await ana.type("/dp sms Jordan Lee Ya voy")
    assert "Ya voy" in said(await ana.modal())
    await ana.submit()
    (sent,) = ana.sent("POST", "/sms")
    assert sent.body["text"] == "Ya voy"


async def test_so_are_errors_help_and_home(ana: Hands) -> None:
    assert "Solo Mei Tanaka y sus supervisores pueden hacerlo." in said(await ana.type("/dp duty off @Mei Training"))
    overview = await ana.type("/dp help")
    assert "Lo que puedes hacer aquí" in said(overview)
    assert "Tu equipo" in said(overview)
    assert "Ana Ferreira en Dialpad" in said(await ana.home())


async def test_whoami_says_which_language(ana: Hands) -> None:
    answer = await ana.type("/dp whoami")
    assert "Eres Ana Ferreira en Dialpad" in said(answer)
    assert "Español, como en tu Slack" in said(answer)


async def test_duty_is_not_said_like_a_switch(ana: Hands) -> None:
    await ana.type("/dp duty off Lunch")
    assert "*Turno*\\nFuera de turno (Lunch)" in said(await ana.type("/dp whoami"))


async def test_a_country_is_known_by_either_name(ana: Hands) -> None:
    assert "Alemania" in said(await ana.type("/dp country alemania"))
    assert "Reino Unido" in said(await ana.type("/dp country United Kingdom"))
    await ana.type("/dp country company")


async def test_a_preview_is_edited_in_the_same_language(ana: Hands) -> None:
    await ana.type("/dp sms Jordan Lee Ya voy")
    assert "Editar" in labels(await ana.modal())


async def test_a_colleague_reads_their_own(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp dnd on")
    answer = await Hands(demo, SAM).type("/dp dnd on")
    assert "Do not disturb: off → on." in said(answer)
    assert "Language" not in said(await Hands(demo, SAM).type("/dp whoami"))


async def test_another_language_is_noticed_once_home_is_opened(ana: Hands, demo: Demo) -> None:
    assert "Ana Ferreira en Dialpad" in said(await ana.home())
    ana.person.read_in("en-US")
    await ana.person.open_home()
    await ana.person.until(lambda: "Ana Ferreira at Dialpad" in said(ana.person.home or {}))


async def test_a_channel_reads_the_teams_language(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.subscribe("missed")
    miss_a_call(demo)
    await shown(ana, "Missed call")
