import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basics.segments import count_segments


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
