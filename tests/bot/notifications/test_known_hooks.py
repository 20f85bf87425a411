from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.notifications.known_hooks import KEPT_S, MOST, KnownHooks
from bot.store.hooks import Hook

AT = datetime(2026, 11, 23, tzinfo=UTC)


def hook(name: str) -> Hook:
    return Hook(name, PersonKey("T1", "U1"), CompanyKey("T1", "61"), "webhook", None, AT, AT)


@dataclass
class Table:
    """Hooks by id, and which were asked for. ``now`` in seconds."""

    there: dict[str, Hook]
    asked: list[str] = field(default_factory=list)
    now: float = 0.0

    async def get(self, name: str) -> Hook | None:
        self.asked.append(name)
        return self.there.get(name)

    def known(self) -> KnownHooks:
        return KnownHooks(self.get, lambda: self.now)


async def test_a_hook_is_read_once_in_a_while() -> None:
    table = Table({"h1": hook("h1")})
    known = table.known()
    assert [await known.find("h1") for _ in range(3)] == [hook("h1")] * 3
    assert table.asked == ["h1"]

    table.now += KEPT_S
    assert await known.find("h1") == hook("h1")
    assert table.asked == ["h1", "h1"]


async def test_one_that_is_removed_is_unknown_after_moments_and_a_new_one_known_at_once() -> None:
    table = Table({"h1": hook("h1")})
    known = table.known()
    await known.find("h1")
    assert await known.find("h2") is None

    table.there = {"h2": hook("h2")}
    table.now += KEPT_S
    assert (await known.find("h1"), await known.find("h2")) == (None, hook("h2"))


async def test_no_more_than_so_many_are_kept() -> None:
    table = Table({f"h{number}": hook(f"h{number}") for number in range(MOST + 1)})
    known = table.known()
    for name in table.there:
        await known.find(name)
    await known.find("h0")

    assert table.asked.count("h0") == 2
    assert table.asked.count("h1") == 1
