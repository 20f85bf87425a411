"""A transcript as it is shown to whoever asked for it."""

from bot.catalogue.transcript import MOST_LINES, transcript_of
from bot.contract.reply import Listing
from bot.dialpad.actions.transcripts import Transcript, TranscriptLine
from tests.handlers.harness import words_of


def test_speech_is_quoted_and_a_moment_is_told_from_it() -> None:
    spoken = TranscriptLine(type="transcript", name="Sam Okafor", content="Good morning, Support.")
    moment = TranscriptLine(type="moment", content="price_inquiry")
    unnamed = TranscriptLine(content="Hello?")

    words = words_of(transcript_of(Transcript(lines=(spoken, moment, unnamed)), "Jordan Lee", ()))

    assert "Transcript: Jordan Lee" in words
    assert "Good morning, Support." in words
    assert "(price_inquiry)" in words
    assert "Somebody" in words
    assert "Only you can see this." in words


def test_a_long_one_ends_with_how_much_is_left() -> None:
    lines = tuple(TranscriptLine(name="Sam", content=f"line {number}") for number in range(MOST_LINES + 7))

    shown = transcript_of(Transcript(lines=lines), "Jordan Lee", ())

    assert isinstance(shown, Listing)
    assert len(shown.rows) == MOST_LINES
    assert "7 more lines are in Dialpad." in words_of(shown)


def test_a_call_without_one_says_what_writes_it() -> None:
    empty = Transcript(lines=(TranscriptLine(name="Sam", content=""),))
    assert "no transcript" in words_of(transcript_of(empty, "Jordan Lee", ()))
