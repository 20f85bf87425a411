"""Rate limits by the injected clock."""

from tests.bot.sandbox.slack.stage import ANA, SUPPORT, Stage

PHONES = "C0PHONES1"


async def post(stage: Stage, channel: str) -> tuple[int, str | None]:
    answer = await stage.http.post(
        "/api/chat.postMessage",
        json={"channel": channel, "text": "hi"},
        headers={"authorization": "Bearer xoxb-sandbox"},
    )
    return answer.status_code, answer.headers.get("retry-after")


async def test_a_channel_takes_a_short_burst_then_one_message_a_second() -> None:
    stage = Stage(enforce_limits=True)
    burst = [await post(stage, SUPPORT) for _ in range(6)]
    assert burst == [(200, None)] * 5 + [(429, "1")]
    assert await post(stage, PHONES) == (200, None)
    stage.advance(1)
    assert await post(stage, SUPPORT) == (200, None)
    assert await post(stage, SUPPORT) == (429, "1")
    await stage.aclose()


async def test_a_workspace_takes_three_hundred_messages_a_minute_whatever_their_channels() -> None:
    stage = Stage(enforce_limits=True)
    rates = stage.slack._api._rates
    waits = [rates.check("chat.postMessage", f"C{number}") for number in range(301)]
    assert waits == [0] * 300 + [60]
    stage.advance(60)
    assert rates.check("chat.postMessage", "C1") == 0
    await stage.aclose()


async def test_a_method_of_tier_two_takes_twenty_calls_a_minute() -> None:
    stage = Stage(enforce_limits=True)
    answers = [await stage.call("conversations.list") for _ in range(21)]
    assert [one["ok"] for one in answers] == [True] * 20 + [False]
    assert answers[-1]["error"] == "ratelimited"
    stage.advance(60)
    assert (await stage.call("conversations.list"))["ok"] is True
    await stage.aclose()


async def test_limits_can_be_switched_off() -> None:
    stage = Stage(enforce_limits=True)
    stage.slack.enforce_limits = False
    assert all([(await stage.call("users.info", user=ANA))["ok"] for _ in range(150)])
    await stage.aclose()
