import time

import httpx
import pytest
from slack_sdk.signature import Clock, SignatureVerifier

from bot.basics.company import own_company
from bot.basics.person import PersonKey
from bot.sandbox.cast import TEAM_ID
from bot.store.audit import Audit
from tests.bench.__main__ import CHANGE, CHANGES, READ, main
from tests.bench.load import SECRET, build_request
from tests.bench.ours import serving_ours
from tests.bench.report import AGAIN, FEW, FLOOR, MANY, STOCK, find_faults, read_rows

PROMISED = {FLOOR: [0.4], FEW: [0.45], MANY: [0.46], STOCK: [11.4], AGAIN: [0.43]}


def test_every_row_comes_out_of_a_short_run(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--rounds", "1", "--requests", "20"])

    shown = capsys.readouterr().out
    rows = [line.split("│")[1].strip() for line in shown.splitlines() if line.startswith("│")]
    assert rows == [FLOOR, FEW, MANY, STOCK, CHANGES, AGAIN] * 2


@pytest.mark.parametrize("text", [READ, CHANGE])
async def test_the_command_that_is_measured_reaches_its_handler(text: str) -> None:
    head, body = build_request(text, int(time.time())).split(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    async with serving_ours(10) as (app, dispatcher):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench.test") as slack:
            answer = await slack.post("/slack/events", content=body, headers=headers)
        await dispatcher.idle()
        audit = dispatcher.stores.audit
        assert isinstance(audit, Audit)
        entries = await audit.recent(own_company(PersonKey(TEAM_ID, "U0ANA0001")))

    assert answer.status_code == 200
    assert [(one.route.rpartition(".")[2], one.outcome) for one in entries] == [(text, "done")]


def test_the_requests_carry_slacks_signature() -> None:
    class At(Clock):
        def now(self) -> float:
            return 1_770_000_000

    head, body = build_request("look", 1_770_000_000).split(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])

    assert SignatureVerifier(SECRET, At()).is_valid_request(body, headers)


def test_no_two_requests_are_alike() -> None:
    assert len({build_request("look", 1_770_000_000) for _ in range(50)}) == 50


def test_what_is_as_fast_as_promised_has_no_faults() -> None:
    assert find_faults([PROMISED, PROMISED]) == []


@pytest.mark.parametrize(
    ("measured", "fault"),
    [
        ({FEW: [0.51]}, "the floor"),
        ({STOCK: [8.0]}, "faster than stock"),
        ({MANY: [0.49]}, "250 ids take"),
    ],
)
def test_what_is_slower_than_promised_is_named(measured: dict[str, list[float]], fault: str) -> None:
    assert any(fault in one for one in find_faults([PROMISED | measured] * 2))


def test_one_slow_round_does_not_decide() -> None:
    assert find_faults([PROMISED, PROMISED, PROMISED | {FEW: [4.0]}]) == []


def test_a_row_has_its_ratio_for_every_round() -> None:
    rows = {row.name: row for row in read_rows([PROMISED, PROMISED | {STOCK: [12.0]}])}

    assert rows[STOCK].by_round == pytest.approx((28.5, 30.0))
    assert rows[FLOOR].to_floor == 1
