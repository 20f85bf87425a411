import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basics.segments import count_segments, shown_character


@pytest.mark.parametrize(
    ("text", "count", "encoding"),
    [
        ("", 0, "GSM-7"),
        ("a", 1, "GSM-7"),
        ("a" * 160, 1, "GSM-7"),
        ("a" * 161, 2, "GSM-7"),
        ("a" * 306, 2, "GSM-7"),
        ("a" * 307, 3, "GSM-7"),
        ("é@£ñÑ¿\n", 1, "GSM-7"),
        ("€" * 80, 1, "GSM-7"),
        ("€" * 81, 2, "GSM-7"),
        ("a" * 152 + "€" + "a" * 152, 3, "GSM-7"),
        ("ç", 1, "UCS-2"),
        ("’" * 70, 1, "UCS-2"),
        ("’" * 71, 2, "UCS-2"),
        ("’" * 134, 2, "UCS-2"),
        ("’" * 135, 3, "UCS-2"),
        ("🦊" * 35, 1, "UCS-2"),
        ("🦊" * 36, 2, "UCS-2"),
        ("’" * 66 + "🦊" + "’" * 66, 3, "UCS-2"),
    ],
)
def test_segments_are_counted_as_networks_do(text: str, count: int, encoding: str) -> None:
    segments = count_segments(text)
    assert (segments.count, "UCS-2" if segments.culprits else "GSM-7") == (count, encoding)


def test_the_characters_that_cost_more_are_named_once() -> None:
    assert count_segments("a’b’c🦊").culprits == ("’", "🦊")


@given(st.text(max_size=400), st.characters())
def test_a_longer_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert count_segments(text + more).count >= count_segments(text).count


@given(st.text(max_size=400))
def test_no_segment_holds_more_than_it_can(text: str) -> None:
    segments = count_segments(text)
    if segments.culprits:
        assert len(text.encode("utf-16-le")) / 2 <= segments.count * 70
    else:
        assert len(text) <= segments.count * 160


@pytest.mark.parametrize(
    ("char", "shown"),
    [
        ("’", "’"), ("🦊", "🦊"), ("ç", "ç"),
        ("\u00a0", "the no-break space (U+00A0)"), ("\u200b", "the zero width space (U+200B)"),
        ("\u202e", "the right-to-left override (U+202E)"), ("\ufe0f", "the variation selector-16 (U+FE0F)"),
        ("\u0301", "the combining acute accent (U+0301)"), ("\x07", "the character U+0007"),
    ],
)  # fmt: skip
def test_a_character_that_leaves_no_trace_is_named(char: str, shown: str) -> None:
    assert shown_character(char) == shown


@given(st.characters(codec="utf-8"))
def test_every_character_can_be_seen(char: str) -> None:
    assert shown_character(char).isprintable()
    assert shown_character(char).strip()
