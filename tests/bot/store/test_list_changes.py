"""What one process knows to be outdated, the others hear."""

from tests.bot.two_replicas import Replica


async def test_the_others_hear_of_it_and_who_told_it_does_not(pair: tuple[Replica, Replica]) -> None:
    one, other = (replica.store.list_changes for replica in pair)
    await one.note("northlight", "contact")
    await other.note("northlight", "user")

    assert await one.news() == [("northlight", "user")]
    assert await other.news() == [("northlight", "contact")]


async def test_what_is_outdated_again_is_heard_again(pair: tuple[Replica, Replica]) -> None:
    one, other = (replica.store.list_changes for replica in pair)
    assert await other.news() == []
    await one.note("ana", "")
    assert await other.news() == [("ana", "")]
    await one.note("ana", "")
    await one.note("sam", "")
    assert sorted(await other.news()) == [("ana", ""), ("sam", "")]
