import pytest

from bot.activity.news import NewsKind
from bot.activity.news_words import kind_named, names_own_switch, queue_length, read_kinds


def shown_names(kind: NewsKind) -> list[str]:
    """Every name of a kind that lists, forms, switches and help show, or that may be typed."""
    own = [kind.row.own.label] if kind.row.own else []
    return [kind.value, kind.row.words, kind.row.words.capitalize(), *kind.row.aliases, *own]


ALL = [(kind, name) for kind in NewsKind for name in shown_names(kind)]


def test_every_name_that_is_shown_makes_its_kind() -> None:
    assert [(kind, name) for kind, name in ALL if kind_named(name) is not kind] == []


def test_every_name_is_read_whole_wherever_it_stands() -> None:
    wrong = []
    for kind, name in ALL:
        for line in (
            f"{name}",
            f"{name} for Support",
            f"recap, {name} only external",
            f"{name.upper()}, sms and recap",
        ):
            words = line.split()
            found = read_kinds(words)
            left = " ".join(words[found.length :])
            if kind not in found.kinds or left not in {"", "for Support", "only external"}:
                wrong.append((line, found))
            if not set(found.kinds) <= {kind, NewsKind.SMS, NewsKind.RECAP}:
                wrong.append((line, found))
    assert wrong == []


def test_no_name_is_two_kinds() -> None:
    assert len({name.casefold() for _, name in ALL}) == len({(kind, name.casefold()) for kind, name in ALL})


@pytest.mark.parametrize(
    ("line", "kinds", "left"),
    [
        ("missed calls", {NewsKind.MISSED}, ""),
        ("missed and answered calls", {NewsKind.MISSED, NewsKind.ANSWERED}, ""),
        ("missed, calls", {NewsKind.MISSED, NewsKind.RINGING}, ""),
        ("a missed call", {NewsKind.MISSED}, ""),
        ("daily digest", {NewsKind.DAILY}, ""),
        ("daily and weekly digests", {NewsKind.DAILY, NewsKind.WEEKLY}, ""),
        ("long queues", {NewsKind.QUEUE}, ""),
        ("callback request", {NewsKind.CALLBACK}, ""),
        ("failed sms", {NewsKind.FAILED_SMS}, ""),
        ("failed texts and texts", {NewsKind.FAILED_SMS, NewsKind.SMS}, ""),
        ("the Support line", set(), "the Support line"),
        ("missed the Support line", {NewsKind.MISSED}, "the Support line"),
        ("everything", set(), "everything"),
    ],
)
def test_other_ways_of_saying_it(line: str, kinds: set[NewsKind], left: str) -> None:
    words = line.split()
    found = read_kinds(words)

    assert (set(found.kinds), " ".join(words[found.length :])) == (kinds, left)


def test_a_digest_may_be_two_and_is_neither() -> None:
    found = read_kinds(["missed", "and", "digest"])

    assert (found.kinds, found.unclear) == ((NewsKind.MISSED,), "digest")


def test_the_number_of_callers_is_taken_out_of_the_words_of_a_list() -> None:
    assert queue_length("More than 5 callers waiting for Support") == ("a long queue for Support", "5")
    assert queue_length("missed for Support") == ("missed for Support", "")


@pytest.mark.parametrize(
    ("text", "own"),
    [("Texts to my number", True), ("recaps of my calls", True), ("my missed calls", True), ("missed calls", False)],
)
def test_the_names_of_switches_are_about_oneself(text: str, own: bool) -> None:
    assert names_own_switch(text) is own
