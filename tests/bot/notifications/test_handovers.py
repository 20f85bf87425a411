from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import starmap
from pathlib import Path
from typing import Any, cast

import pytest

from bot.activity.news import NewsKind
from bot.activity.registers import value
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.errors import ChatopsError, NotAllowed, NotConnected, Unavailable
from bot.basics.person import PersonKey
from bot.contract.board import GroupKept, UserGroup
from bot.dialpad.action import Action
from bot.dialpad.actions.people import Operators, User
from bot.dialpad.actions.users import GetUser
from bot.notifications.handovers import LOOK_EVERY_S, Handovers
from bot.slack.api.channel_messages import PostRefused, PostThrottled
from bot.store.card_rows import StoredCard
from bot.store.postings import postings
from bot.store.schema import within
from tests.bot.notifications.posting import COMPANY, OWNER, SUBSCRIPTION, Killed, PostingStage, stage_posting
from tests.bot.store.test_connections import LINK

SUPPORT, SALES = {"callcenter:11": "Support"}, {"callcenter:12": "Sales"}
HANDOVER = replace(
    SUBSCRIPTION,
    kinds=frozenset({NewsKind.HANDOVER}),
    included=tuple(starmap(PlaceFilter, SUPPORT.items())),
    keep="S1",
    topic=True,
)


@dataclass
class Company:
    """Dialpad, Slack's user groups and topics. ``on_duty``: names by call center; ``refuses``: who is asked in vain;
    Mei is not in Slack."""

    on_duty: dict[str, list[str]] = field(default_factory=lambda: {"11": ["Ana"], "12": []})
    refuses: dict[str, ChatopsError] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    trouble: list[BaseException] = field(default_factory=list)
    asked: int = 0
    quiet: set[str] = field(default_factory=set)
    """Names of those with do not disturb on; Slack takes those in ``ended``, by id, into no group."""
    ended: set[str] = field(default_factory=set)

    def of(self, owner: PersonKey, within: object = None) -> "_Account":
        return _Account(self, owner)

    async def name_of(self, *_: object) -> None:
        return None

    async def groups(self, team_id: str) -> Sequence[UserGroup]:
        return [UserGroup("S1", "support-oncall", "Support on duty")]

    async def with_email(self, team_id: str, email: str) -> str | None:
        return None if email == "Mei" or "@" in email else f"U{email.upper()}"

    async def keep_group(self, team_id: str, group: str, people: Iterable[str]) -> GroupKept:
        self._stumble()
        taken = set(people) - self.ended
        self.members[group] = taken or self.members.get(group, set())
        return GroupKept(bool(taken), tuple(set(people) & self.ended))

    def refused(self, team_id: str) -> frozenset[str]:
        return frozenset(self.ended)

    async def keep_topic(self, team_id: str, channel: str, words: str) -> bool:
        self._stumble()
        self.topics[channel] = words
        return True

    def _stumble(self) -> None:
        if self.trouble:
            raise self.trouble.pop(0)


@dataclass
class _Account:
    company_: Company
    owner: PersonKey

    async def send(self, action: Action[Any], *, background: bool = False) -> Any:
        if problem := self.company_.refuses.get(self.owner.user_id):
            if isinstance(action, GetUser) and isinstance(problem, NotAllowed) and problem.message == "not this":
                return User(id="1")
            raise problem
        if isinstance(action, GetUser):
            return User(id="1")
        self.company_.asked += 1
        names = self.company_.on_duty[str(cast(Any, action).id)]
        users = [
            User(
                id=one,
                display_name=one,
                emails=(f"{one}@other.example", one),
                is_on_duty=one in names,
                do_not_disturb=one in self.company_.quiet,
            )
            for one in ("Ana", "Sam", "Mei")
        ]
        return Operators(users=tuple(users))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        await follow(made, HANDOVER)
        yield made


@pytest.fixture
def company() -> Company:
    return Company()


async def follow(stage: PostingStage, subscription: Subscription) -> None:
    await stage.store.subscriptions.save(subscription)
    await stage.store.rosters.follow(subscription.company, subscription.call_centers)


def handovers(stage: PostingStage, company: Company) -> Handovers:
    """As a process begins."""
    one = cast(Any, company)
    return Handovers(stage.store, one, one, one, one)


async def look(stage: PostingStage, company: Company, **on_duty: list[str]) -> None:
    """The next look finds ``on_duty``, by call center such as ``cc11``."""
    company.on_duty |= {name.removeprefix("cc"): names for name, names in on_duty.items()}
    stage.time.move(seconds=LOOK_EVERY_S + 1)
    await handovers(stage, company).run_due()


async def told(stage: PostingStage, about: str = "handover") -> list[dict[str, Any]]:
    """What was put on disk to be posted, in order, each with its channels as ``in``."""
    found: dict[str, StoredCard] = {}
    where: dict[str, list[str]] = {}
    for posting in await stage.store.postings._postings(within(postings, COMPANY)):
        card = await stage.store.cards.get(COMPANY, posting.card_id)
        if card is not None and value(card.state, "about") == about:
            found[card.id] = card
            where.setdefault(card.id, []).append(posting.channel)
    return [
        {name: register[2] for name, register in card.state.items()} | {"in": where[card.id]} for card in found.values()
    ]


async def test_the_first_look_tells_nothing_and_marks_who_is_on_duty(stage: PostingStage, company: Company) -> None:
    await look(stage, company)
    assert await told(stage) == []
    assert (company.members, company.topics) == ({"S1": {"UANA"}}, {"C1": "Ana"})


async def test_a_handover_tells_who_came_who_left_and_who_is_on_duty_now(stage: PostingStage, company: Company) -> None:
    await look(stage, company)
    await look(stage, company, cc11=["Sam", "Mei"])

    (said,) = await told(stage)
    assert (said["name"], said["came"], said["left"], said["on"]) == (
        "Support",
        ["Mei", "Sam"],
        ["Ana"],
        ["Mei", "Sam"],
    )
    assert said["groups"] == {"S1": "support-oncall"}
    assert said["reached"] == {"S1": {"held": ["Sam"], "strangers": ["Mei"], "quiet": [], "refused": []}}
    assert (company.members, company.topics) == ({"S1": {"USAM"}}, {"C1": "Mei, Sam"})


async def test_nothing_new_is_told_of_nothing(stage: PostingStage, company: Company) -> None:
    for _ in range(3):
        await look(stage, company, cc11=["Sam"])
    assert await told(stage) == []


async def test_with_nobody_on_duty_the_group_keeps_whom_it_had_and_the_topic_says_so(
    stage: PostingStage, company: Company
) -> None:
    await look(stage, company)
    await look(stage, company, cc11=[])
    assert (company.members, company.topics) == ({"S1": {"UANA"}}, {"C1": "nobody"})
    assert (await told(stage))[0]["reached"]["S1"]["held"] == []


async def test_a_group_that_two_subscriptions_keep_stands_for_both_once_both_are_known(
    stage: PostingStage, company: Company
) -> None:
    await look(stage, company)
    await follow(stage, replace(HANDOVER, id="w2", channel="C2", included=tuple(starmap(PlaceFilter, SALES.items()))))
    company.refuses[OWNER.user_id] = Unavailable("down")
    await look(stage, company, cc12=["Sam"])
    assert company.members == {"S1": {"UANA"}}
    company.refuses.clear()
    await look(stage, company, cc12=["Sam"])
    assert company.members == {"S1": {"UANA", "USAM"}}


async def test_a_channel_that_follows_two_has_both_in_its_topic(stage: PostingStage, company: Company) -> None:
    await follow(stage, replace(HANDOVER, id="w2", included=tuple(starmap(PlaceFilter, SALES.items()))))
    await look(stage, company, cc12=["Sam"])
    assert company.topics["C1"] == "Support: Ana · Sales: Sam"


async def test_only_who_asked_for_handovers_is_told(stage: PostingStage, company: Company) -> None:
    await follow(
        stage, replace(HANDOVER, id="w2", channel="C2", kinds=frozenset({NewsKind.MISSED}), keep="", topic=True)
    )
    await follow(stage, replace(HANDOVER, id="w3", channel="C3", paused=True))
    await look(stage, company)
    await look(stage, company, cc11=["Sam"])
    assert [said["in"] for said in await told(stage)] == [["C1"]]
    assert company.topics == {"C1": "Sam", "C2": "Sam"}


async def test_with_dialpad_down_the_copy_stays_and_the_change_is_told_afterwards(
    stage: PostingStage, company: Company
) -> None:
    await look(stage, company)
    company.refuses[OWNER.user_id] = Unavailable("down")
    await look(stage, company, cc11=["Sam"])
    kept = await stage.store.rosters.get(COMPANY, "11")
    assert kept is not None
    assert [agent.name for agent in kept.on_duty] == ["Ana"]
    company.refuses.clear()
    await look(stage, company)
    assert [said["came"] for said in await told(stage)] == [["Sam"]]


async def test_another_followers_connection_is_used_when_the_first_may_not_look(
    stage: PostingStage, company: Company
) -> None:
    await follow(stage, replace(HANDOVER, id="w2", owner=PersonKey(OWNER.team_id, "U0SAM0002")))
    company.refuses[OWNER.user_id] = NotAllowed("no")
    await look(stage, company)
    assert company.topics == {"C1": "Ana"}


async def test_whoever_set_it_up_hears_once_that_it_does_not_work_and_again_only_after_it_has(
    stage: PostingStage, company: Company
) -> None:
    for _ in range(3):
        company.trouble = [PostRefused("paid_teams_only")]
        await look(stage, company)
    (said,) = await told(stage, "roster trouble")
    assert (said["in"], said["code"]) == ([OWNER.user_id], "paid_teams_only")
    assert company.topics == {"C1": "Ana"}

    await look(stage, company)
    stage.time.move(hours=1)
    company.trouble = [PostRefused("paid_teams_only")]
    await look(stage, company)
    assert len(await told(stage, "roster trouble")) == 2


async def test_slack_being_busy_is_tried_again_and_told_to_nobody(stage: PostingStage, company: Company) -> None:
    company.trouble = [PostThrottled(30.0)]
    await look(stage, company)
    await look(stage, company)
    assert await told(stage, "roster trouble") == []
    assert company.members == {"S1": {"UANA"}}


@pytest.mark.parametrize("point", ["after it was told", "after it was kept", "in the middle of the marks"])
async def test_killed_anywhere_a_handover_is_told_once_and_marked(
    stage: PostingStage, company: Company, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await look(stage, company)

    async def die(*_: object, **__: object) -> Any:
        raise Killed

    async def keep_and_die(*args: Any, **more: Any) -> Any:
        await keep(*args, **more)
        raise Killed

    keep = stage.store.rosters.looked
    with monkeypatch.context() as patch:
        if point == "in the middle of the marks":
            company.trouble = [Killed()]
        else:
            patch.setattr(stage.store.rosters, "looked", die if point == "after it was told" else keep_and_die)
        with pytest.raises(Killed):
            await look(stage, company, cc11=["Sam"])
    await look(stage, company)

    assert [said["came"] for said in await told(stage)] == [["Sam"]]
    assert (company.members, company.topics) == ({"S1": {"USAM"}}, {"C1": "Sam"})


async def test_a_roster_that_nobody_follows_any_more_is_not_looked_at(stage: PostingStage, company: Company) -> None:
    await look(stage, company)
    await stage.store.subscriptions.delete(COMPANY, HANDOVER.id)
    before = company.asked
    for _ in range(2):
        await look(stage, company)
    assert company.asked == before


async def test_a_roster_that_nobody_is_connected_for_is_said_in_its_channel(
    stage: PostingStage, company: Company
) -> None:
    company.refuses[OWNER.user_id] = NotConnected()
    await look(stage, company)
    await look(stage, company)
    (said,) = await told(stage, "roster trouble")
    assert (said["in"], said["code"]) == (["C1"], "NotConnected")
    assert await stage.store.rosters.problems(COMPANY) == {"11": "NotConnected"}


# Do not disturb, and who is left out


async def test_who_has_do_not_disturb_on_is_named_and_not_pinged(stage: PostingStage, company: Company) -> None:
    await look(stage, company)
    company.quiet = {"Ana"}
    await look(stage, company, cc11=["Ana", "Sam"])

    assert (company.members, company.topics) == ({"S1": {"USAM"}}, {"C1": "Sam, Ana (do not disturb)"})
    (said,) = await told(stage)
    assert (said["on"], said["quiet"]) == (["Sam", "Ana"], ["Ana"])
    assert said["reached"]["S1"] == {"held": ["Sam"], "strangers": [], "quiet": ["Ana"], "refused": []}


async def test_do_not_disturb_alone_is_no_handover_and_takes_them_out_of_the_group(
    stage: PostingStage, company: Company
) -> None:
    await look(stage, company, cc11=["Ana", "Sam"])
    company.quiet = {"Sam"}
    await look(stage, company)

    assert (await told(stage), company.members) == ([], {"S1": {"UANA"}})


async def test_with_every_phone_silent_the_group_keeps_whom_it_had(stage: PostingStage, company: Company) -> None:
    await look(stage, company)
    company.quiet = {"Ana", "Sam"}
    await look(stage, company, cc11=["Ana", "Sam"])

    assert company.members == {"S1": {"UANA"}}
    assert (await told(stage))[0]["reached"]["S1"]["held"] == []


async def test_somebody_whom_slack_takes_into_no_group_is_left_out_and_named_once(
    stage: PostingStage, company: Company
) -> None:
    company.ended = {"USAM"}
    for _ in range(3):
        await look(stage, company, cc11=["Ana", "Sam"])

    assert company.members == {"S1": {"UANA"}}
    (said,) = await told(stage, "roster trouble")
    assert (said["in"], said["code"]) == ([OWNER.user_id], "left out:S1:USAM")
    assert (said["what"], said["names"]) == ("I cannot put {names} into the user group", "Sam")

    company.ended = set()
    await look(stage, company)
    assert await stage.store.rosters.problems(COMPANY) == {}
    assert company.members == {"S1": {"UANA", "USAM"}}


async def test_two_call_centers_of_one_group_name_who_is_left_out_once(stage: PostingStage, company: Company) -> None:
    await follow(stage, replace(HANDOVER, id="w2", included=tuple(starmap(PlaceFilter, SALES.items()))))
    company.ended = {"USAM"}
    for _ in range(2):
        await look(stage, company, cc11=["Sam"], cc12=["Ana", "Sam"])

    assert len(await told(stage, "roster trouble")) == 1


async def test_a_handover_says_whom_the_group_reaches_with_all_its_call_centers(
    stage: PostingStage, company: Company
) -> None:
    await follow(stage, replace(HANDOVER, id="w2", included=tuple(starmap(PlaceFilter, SALES.items()))))
    await look(stage, company, cc11=["Ana"], cc12=["Sam"])
    await look(stage, company, cc11=[])

    (said,) = await told(stage)
    assert (said["on"], said["reached"]["S1"]["held"]) == ([], ["Sam"])
    assert company.members == {"S1": {"USAM"}}


# Whoever set it up leaves


SAM, ANA = PersonKey(OWNER.team_id, "U0SAM0002"), PersonKey(OWNER.team_id, "U0ANA0001")


async def connected(stage: PostingStage, *people: PersonKey) -> None:
    for number, person in enumerate(people):
        at = stage.store.now() + timedelta(seconds=number)
        link = replace(LINK, company_id=COMPANY.company, dialpad_user_id=person.user_id, connected_at=at)
        await stage.store.connections.save(person, link)


async def test_a_colleagues_connection_takes_over_and_they_are_told(stage: PostingStage, company: Company) -> None:
    await connected(stage, SAM, ANA)
    await look(stage, company)
    company.refuses = {OWNER.user_id: NotConnected(broken=True), SAM.user_id: NotAllowed("not this")}
    for _ in range(2):
        await look(stage, company, cc11=["Sam"])

    assert company.topics == {"C1": "Sam"}
    kept = await stage.store.subscriptions.get(COMPANY, HANDOVER.id)
    assert kept is not None
    assert (kept.owner, kept.follows_as) == (OWNER, ANA)
    (said,) = await told(stage, "roster taken over")
    assert (said["in"], said["channel"], said["before"]) == ([ANA.user_id], "C1", OWNER.user_id)
    assert await told(stage, "roster trouble") == []


async def test_a_suspended_account_that_dialpad_refuses_everything_counts_as_gone(
    stage: PostingStage, company: Company
) -> None:
    await connected(stage, SAM)
    company.refuses = {OWNER.user_id: NotAllowed("suspended")}
    await look(stage, company)

    assert company.topics == {"C1": "Ana"}


async def test_who_lost_only_the_right_is_lent_nobody_elses(stage: PostingStage, company: Company) -> None:
    await connected(stage, SAM)
    company.refuses = {OWNER.user_id: NotAllowed("not this")}
    await look(stage, company)

    assert company.topics == {"C1": "not known"}
    assert [said["code"] for said in await told(stage, "roster trouble")] == ["NotAllowed"]


async def test_once_nobody_can_look_the_topic_stops_naming_people(stage: PostingStage, company: Company) -> None:
    await follow(stage, replace(HANDOVER, id="w2", owner=SAM, included=tuple(starmap(PlaceFilter, SALES.items()))))
    await look(stage, company, cc12=["Sam"])
    company.refuses = {OWNER.user_id: NotConnected()}
    stage.time.move(minutes=16)
    await look(stage, company)

    assert company.topics == {"C1": "Support: not known · Sales: Sam"}
    assert company.members == {"S1": {"USAM"}}
