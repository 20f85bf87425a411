import pytest

from bot.cards.notice import TOLD, notice
from bot.contract.reply import Button, Listing, Part, Prose, Reply


def plain(prose: Prose) -> str:
    def one(part: Part) -> str:
        return part if isinstance(part, str) else str(getattr(part, "text", part))

    return prose if isinstance(prose, str) else "".join(map(one, prose))


def test_what_ended_for_good_is_told_with_what_can_be_done() -> None:
    said = {"about": TOLD, "text": "It ended.", "buttons": [["What is set now", "whoami.whoami"]]}
    assert notice(said, "") == Reply("It ended.", (Button("What is set now", "whoami.whoami"),), tone="warning")


def handover(**more: object) -> Listing:
    said = {"about": "handover", "name": "Support", "came": ["Sam"], "on": ["Ana", "Sam"], "group": "support-oncall"}
    shown = notice(said | more, "w1")
    assert isinstance(shown, Listing)
    return shown


def row(card: Listing, label: str) -> str:
    rows = [plain(one.text) for one in card.rows]
    return next(one.removeprefix(f"{label}: ") for one in rows if one.startswith(label))


def test_a_handover_says_whose_phone_does_not_ring_and_who_is_not_in_the_group() -> None:
    reached = {"held": ["Sam"], "strangers": ["Mei"], "quiet": ["Ana"], "refused": ["Noor"]}
    card = handover(quiet=["Ana"], reached=reached)

    assert row(card, "On duty now") == "Ana (do not disturb: phone does not ring) and Sam"
    assert plain(card.note).startswith("@support-oncall now reaches Sam. ")
    for why in ("email addresses, so not in @support-oncall: Mei.", "Do not disturb is on, so not in", ": Noor."):
        assert why in plain(card.note)


def test_a_handover_to_silent_phones_warns() -> None:
    card = handover(quiet=["Ana", "Sam"], reached={"held": [], "quiet": ["Ana", "Sam"]})

    assert row(card, "On duty now").startswith("⚠️ no phone rings: Ana (do not disturb")
    assert "Nobody on duty can be reached in Slack, so @support-oncall was left unchanged." in plain(card.note)


def test_a_group_is_left_as_it_is_while_nobody_is_on_duty() -> None:
    card = handover(on=[], reached={"held": []})

    assert plain(card.note) == "Nobody is on duty, so @support-oncall was left unchanged."


def test_a_handover_of_an_earlier_version_is_shown_as_it_was() -> None:
    card = handover(groups={"S1": "support-oncall"}, held=["Sam"], strangers=["Mei"])

    assert "now reaches Sam." in plain(card.note)
    assert "Mei" in plain(card.note)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"code": "paid_teams_only"}, "user groups need a paid Slack plan"),
        ({"code": "left out:S1:U1"}, "into no user group"),
        ({"code": "NotConnected"}, "not connected to Dialpad"),
        ({"code": "something_new"}, "Slack says “something_new”"),
        ({"why": "as it was stored before"}, "as it was stored before"),
    ],
)
def test_what_is_in_the_way_of_a_roster_is_said(said: dict[str, str], why: str) -> None:
    shown = notice({"about": "roster trouble", "what": "I cannot show who is on duty", "name": "Support", **said}, "")
    assert isinstance(shown, Reply)

    assert why in plain(shown.text)
