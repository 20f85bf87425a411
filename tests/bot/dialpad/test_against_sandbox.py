"""The client, OAuth and directory against the embedded Dialpad, which refuses what Dialpad refuses."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from bot.basics.errors import DialpadError, GrantEnded, NotAllowed, NotFound, TokenRefused
from bot.connect.whose_token import build_key_connection, build_oauth_connection
from bot.dialpad.actions.blockednumbers import BlockNumbers, GetBlockedNumber, ListBlockedNumbers, UnblockNumbers
from bot.dialpad.actions.call import PlaceCall
from bot.dialpad.actions.callcenters import (
    GetCallCenterStatus,
    GetDutyStatus,
    ListCallCenterOperators,
    ListCallCenters,
    SetDutyStatus,
)
from bot.dialpad.actions.numbers import FormatNumber, ListNumbers
from bot.dialpad.actions.offices import ListOffDutyReasons, ListOffices
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.actions.users import GetCallerId, GetUser, ListUsers, SetStatusMessage, ToggleDnd
from bot.dialpad.client import DialpadClient, Http
from bot.dialpad.oauth import DialpadOAuth
from bot.sandbox.cast import ANA, OFFICE, PRIYA, SUPPORT
from bot.sandbox.dialpad import COMPANY_KEY, DialpadSandbox, OAuthApp
from tests.bot.dialpad.wire import run_virtually

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
REDIRECT = "https://bot.example/connect/callback"
APP = OAuthApp("app", "app-secret", (REDIRECT,), ("offline_access", "calls:list"))


@dataclass
class Bench:
    sandbox: DialpadSandbox
    client: DialpadClient

    @property
    def oauth(self) -> DialpadOAuth:
        return DialpadOAuth(
            "app", "app-secret", "http://dialpad.test", REDIRECT, ("offline_access",), http=self.client.http
        )


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    sandbox = DialpadSandbox(oauth_app=APP)
    client = DialpadClient("http://dialpad.test", http=Http(httpx.ASGITransport(sandbox.app)))
    yield Bench(sandbox, client)
    await client.aclose()


async def test_do_not_disturb_changes_for_the_person_of_the_token(bench: Bench) -> None:
    await bench.client.send(ToggleDnd(do_not_disturb=True), token=ANA.token)
    assert (await bench.client.send(GetUser(), token=ANA.token)).do_not_disturb is True


async def test_a_status_message_is_set(bench: Bench) -> None:
    await bench.client.send(SetStatusMessage(status_message="At lunch"), token=ANA.token)
    assert (await bench.client.send(GetUser(), token=ANA.token)).status_message == "At lunch"


async def test_duty_changes_with_a_reason(bench: Bench) -> None:
    ana = str(ANA.dialpad_id)
    await bench.client.send(SetDutyStatus(id=ana, on_duty=False, duty_status_reason="Lunch"), token=ANA.token)
    assert (await bench.client.send(GetDutyStatus(id=ana), token=ANA.token)).on_duty is False


async def test_a_number_is_blocked_and_let_through_again(bench: Bench) -> None:
    number = "+14155550159"
    await bench.client.send(BlockNumbers(numbers=[number]), token=PRIYA.token)
    assert (await bench.client.send(GetBlockedNumber(number=number), token=PRIYA.token)).number == number
    await bench.client.send(UnblockNumbers(numbers=[number]), token=PRIYA.token)
    with pytest.raises(NotFound):
        await bench.client.send(GetBlockedNumber(number=number), token=PRIYA.token)


async def test_a_text_leaves(bench: Bench) -> None:
    sent = await bench.client.send(
        SendSms(to_numbers=["+14155550150"], text="Hello", user_id=str(ANA.dialpad_id)), token=ANA.token
    )
    assert (sent.message_status, sent.to_numbers) == ("pending", ("+14155550150",))


async def test_a_call_is_placed(bench: Bench) -> None:
    action = PlaceCall(user_id=str(ANA.dialpad_id), phone_number="+14155550150")
    assert (await bench.client.send(action, token=ANA.token)).call_id


async def test_lists_have_pages(bench: Bench) -> None:
    people = [user.name async for page in bench.client.pages(ListUsers(), token=PRIYA.token) for user in page.items]
    assert ANA.name in people


async def test_what_the_daily_verbs_read_can_be_read(bench: Bench) -> None:
    token = ANA.token
    support, office = str(SUPPORT.id), str(OFFICE.id)
    assert SUPPORT.name in [g.name for g in (await bench.client.send(ListCallCenters(), token=token)).items]
    assert (await bench.client.send(GetCallCenterStatus(id=support), token=token)).on_duty_operators is not None
    assert (await bench.client.send(ListCallCenterOperators(id=support), token=token)).users
    assert (await bench.client.send(ListOffices(), token=token)).items
    assert (await bench.client.send(ListOffDutyReasons(id=office), token=token)).off_duty_statuses
    assert (await bench.client.send(GetCallerId(), token=token)).phone_numbers
    assert (await bench.client.send(ListBlockedNumbers(), token=PRIYA.token)).cursor in (None, "")
    formatted = await bench.client.send(FormatNumber(number="(415) 555-0150", country_code="US"), token=token)
    assert "+14155550150" in (formatted.e164_number, formatted.local_number)


async def test_an_agent_may_not_list_the_companys_numbers(bench: Bench) -> None:
    with pytest.raises(NotAllowed) as refused:
        await bench.client.send(ListNumbers(), token=ANA.token)
    assert refused.value.message


async def test_an_unknown_token_is_refused(bench: Bench) -> None:
    with pytest.raises(TokenRefused):
        await bench.client.send(GetUser(), token="nobody")


def test_reads_in_a_burst_never_meet_dialpads_rate_limit() -> None:
    async def main() -> list[int | None]:
        time = asyncio.get_running_loop().time
        sandbox = DialpadSandbox(now=lambda: datetime.fromtimestamp(time(), UTC))
        client = DialpadClient("http://dialpad.test", transport=httpx.ASGITransport(sandbox.app), clock=time)
        await asyncio.gather(*(client.send(GetUser(), token=ANA.token) for _ in range(40)))
        return [received.status for received in sandbox.requests]

    assert run_virtually(main()) == [200] * 40


async def test_a_refreshed_pair_replaces_the_old_one(bench: Bench) -> None:
    pair = bench.sandbox.issue_token(ANA)
    tokens = await bench.oauth.refresh(pair["refresh_token"])
    assert (await bench.client.send(GetUser(), token=tokens.access_token)).id == str(ANA.dialpad_id)
    with pytest.raises(GrantEnded):
        await bench.oauth.refresh(pair["refresh_token"])


async def test_a_code_that_nobody_gave_is_refused(bench: Bench) -> None:
    with pytest.raises(DialpadError):
        await bench.oauth.exchange("no-such-code", "v" * 43)


async def test_a_revoked_token_is_refused(bench: Bench) -> None:
    pair = bench.sandbox.issue_token(ANA)
    await bench.oauth.revoke(pair["access_token"])
    with pytest.raises(TokenRefused):
        await bench.client.send(GetUser(), token=pair["access_token"])


async def test_the_consent_page_takes_our_address(bench: Bench) -> None:
    address = urlsplit(bench.oauth.authorize_url("state-1", "c" * 43))
    page = await bench.client.http.ask("GET", address.geturl(), headers={})
    assert page.status == 200
    assert parse_qs(address.query)["state"] == ["state-1"]


async def test_an_oauth_link_knows_its_person(bench: Bench) -> None:
    tokens = await bench.oauth.refresh(bench.sandbox.issue_token(ANA)["refresh_token"])
    link = (await build_oauth_connection(bench.client, tokens, email=ANA.email, now=NOW)).link
    assert (link.dialpad_user_id, link.dialpad_name, link.is_company_key) == (str(ANA.dialpad_id), ANA.name, False)


async def test_a_personal_key_knows_its_person(bench: Bench) -> None:
    link = (await build_key_connection(bench.client, SecretStr(ANA.token), email="", now=NOW)).link
    assert (link.kind, link.dialpad_user_id, link.is_company_key) == ("api_key", str(ANA.dialpad_id), False)


async def test_a_company_key_is_tied_to_the_person_with_the_same_address(bench: Bench) -> None:
    link = (await build_key_connection(bench.client, SecretStr(COMPANY_KEY), email=ANA.email.upper(), now=NOW)).link
    assert (link.dialpad_user_id, link.is_company_key) == (str(ANA.dialpad_id), True)


async def test_a_company_key_of_somebody_without_a_seat_has_no_person(bench: Bench) -> None:
    link = (
        await build_key_connection(bench.client, SecretStr(COMPANY_KEY), email="gus@northlight.example", now=NOW)
    ).link
    assert (link.dialpad_user_id, link.is_company_key, link.company_id) == (None, True, "6100000000000001")


async def test_a_key_that_dialpad_does_not_know_is_refused(bench: Bench) -> None:
    with pytest.raises(TokenRefused):
        await build_key_connection(bench.client, SecretStr("nobody"), email=ANA.email, now=NOW)
