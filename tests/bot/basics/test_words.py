import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basics.words import did_you_mean, split, verbatim, with_plain_numbers


def texts(text: str) -> list[str]:
    return [word.text for word in split(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("dnd on", ["dnd", "on"]),
        ("  a   b  ", ["a", "b"]),
        ("“Jordan Lee” hello", ["Jordan Lee", "hello"]),
        ('"Jordan Lee" hello', ["Jordan Lee", "hello"]),
        ("„Jordan Lee“ hello", ["Jordan Lee", "hello"]),
        ("«Jordan Lee» hello", ["Jordan Lee", "hello"]),
        ('"never closed', ['"never', "closed"]),
        ("<tel:+14155550150|+1 415-555-0150> hi", ["+14155550150", "hi"]),
        ("<mailto:ana@northlight.example|ana@northlight.example>", ["ana@northlight.example"]),
        ("<@U0ANA0001|ana> hi", ["@U0ANA0001", "hi"]),
        ("<https://x.example/a?b=1&amp;c=2|x>", ["https://x.example/a?b=1&c=2"]),
        ("(415) 555-0150 hi", ["(415) 555-0150", "hi"]),
        ("+1 415 555 0150 hi", ["+1 415 555 0150", "hi"]),
        ("4155550150 5 minutes", ["4155550150", "5", "minutes"]),
        ("4155550150, 4155550151", ["4155550150", ",", "4155550151"]),
        ("415 555 0150 x123 hi", ["415 555 0150 x123", "hi"]),
        ("4155550150#12 hi", ["4155550150#12", "hi"]),
        ("<tel:+14155550150|415> ext. 12 hi", ["+14155550150 ext. 12", "hi"]),
        ("415 555 01500 hi", ["415 555 01500", "hi"]),
        ("+1415555O100 hi", ["+1415555O100", "hi"]),
        ("2026-01-31 14:00", ["2026-01-31", "14:00"]),
        ("\u202a+14155550150\u202c \u200bhi", ["+14155550150", "hi"]),
        ("‘Jordan Lee’ don't", ["Jordan Lee", "don't"]),
        ("'Jordan Lee' it's 'ok'", ["Jordan Lee", "it's", "ok"]),
        ("‹Jordan Lee› hi", ["Jordan Lee", "hi"]),
        ("「Jordan Lee」 hi", ["Jordan Lee", "hi"]),
        ("a &lt;b&gt; &amp; c", ["a", "<b>", "&", "c"]),
        ("<", ["<"]),
        ("<>", [""]),
    ],
)
def test_words_as_slack_sends_them(text: str, words: list[str]) -> None:
    assert texts(text) == words


def test_a_quoted_word_is_marked() -> None:
    assert [word.quoted for word in split("“until” until")] == [True, False]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Fish &amp; chips", "Fish & chips"),
        ("call <tel:+14155550150|(415) 555-0150> now", "call (415) 555-0150 now"),
        ("see <https://x.example|x.example>", "see x.example"),
        ("see <https://x.example>", "see https://x.example"),
        ("hi <@U0ANA0001|ana>", "hi @ana"),
        ("two  blanks\nand a line", "two  blanks\nand a line"),
        ("1 &lt; 2", "1 < 2"),
    ],
)
def test_verbatim_is_what_the_person_typed(text: str, plain: str) -> None:
    assert verbatim(text) == plain


@given(st.text(max_size=300))
def test_every_word_knows_where_it_stands(text: str) -> None:
    at = 0
    for word in split(text):
        assert at <= word.start < word.end <= len(text)
        at = word.end


@given(st.text(max_size=300))
def test_verbatim_takes_any_text(text: str) -> None:
    assert isinstance(verbatim(text), str)


@pytest.mark.parametrize(
    ("word", "meant"), [("blockd", "block"), ("dutty", "duty"), ("smss", "sms"), ("unblok", "unblock")]
)
def test_a_slip_of_the_finger_is_understood(word: str, meant: str) -> None:
    assert meant in did_you_mean(word, ["block", "unblock", "duty", "sms", "calls"])


@pytest.mark.parametrize(
    ("word", "known"),
    [("unsubscribe", "subscribe"), ("blok", "unblock"), ("disconect", "connect"), ("unblck", "block")],
)
def test_the_opposite_is_never_meant(word: str, known: str) -> None:
    assert did_you_mean(word, [known]) == []


def test_a_slip_is_not_taken_for_the_opposite() -> None:
    assert did_you_mean("ugtil", ["until"]) == ["until"]
    assert did_you_mean("util", ["until"]) == ["until"]


def test_the_likelier_slip_comes_first() -> None:
    assert did_you_mean("of", ["on", "off"]) == ["off", "on"]


def test_where_a_number_ends_is_left_open_by_its_digits() -> None:
    (number, *rest) = split("+49 30 901820 12 Uhr")
    assert (number.text, number.ends) == ("+49 30 901820 12", (len("+49 30 901820"),))
    assert [word.text for word in rest] == ["Uhr"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<tel:+14155550150|415 555 0150> hi", "415 555 0150 hi"),
        ("<tel:+493090182012|+49 30 901820 12> Uhr", "+49 30 901820 12 Uhr"),
        ("<tel:+14155550150|call us> hi", "<tel:+14155550150|call us> hi"),
    ],
)
def test_what_slack_made_of_a_number_is_undone(text: str, plain: str) -> None:
    assert with_plain_numbers(text) == plain


def test_nonsense_is_not_near_anything() -> None:
    assert did_you_mean("xyzzyqq", ["block", "duty"]) == []


@given(st.text(max_size=100))
def test_did_you_mean_takes_any_text(word: str) -> None:
    assert len(did_you_mean(word, ["block", "duty", "sms", ""])) <= 3
