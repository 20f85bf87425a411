"""Somebody who uses Slack in Spanish reads Spanish, whatever they type; what is typed stays English."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA
from bot.sandbox.demo import Demo
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import freshen, office_hours, quick_demo

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def spanish() -> AsyncIterator[Demo]:
    async with quick_demo(clock=office_hours()) as started:
        started.slack.workspace.users[str(ANA.slack_id)]["locale"] = "es-LA"
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def demo(spanish: Demo) -> Demo:
    await freshen(spanish)
    return spanish


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("/dp calls in Supprt", "No encuentro a nadie con el nombre “Supprt”"),
        ("/dp who 911", "es un número de emergencia"),
        ("/dp dnd until nonsense", "No entiendo"),
        ("/dp run DIALPAD_LIST_USERS nothing=1", "no tiene el campo “nothing”"),
    ],
)
async def test_what_is_wrong_with_a_line_is_said_in_spanish(ana: Hands, typed: str, read: str) -> None:
    await ana.type(typed)
    shown = said(ana.person.ephemerals("#support")[-1]) if ana.person.ephemerals("#support") else ""
    shown += said(ana.person.modal) if ana.person.modal else ""
    assert read in shown


async def test_a_list_of_dialpads_is_shown_in_spanish(ana: Hands) -> None:
    answer = await ana.type("/dp run DIALPAD_LIST_USERS state=all")
    assert {"Archivo CSV", "Ejecutar otra vez"} <= set(labels(answer))


async def test_somebody_else_reads_their_own_language(ana: Hands, sam: Hands) -> None:
    assert "No encuentro" in said(await ana.type("/dp calls in Supprt"))
    assert "I can't find" in said(await sam.type("/dp calls in Supprt"))
