"""Names the columns of the files of statistics in words: Dialpad's own names are for programs."""

from collections.abc import Mapping
from typing import Final

from bot.basics.language import mark, say
from bot.catalogue.facts import words_of_name

COLUMNS: Final[Mapping[str, str]] = {
    "callback_id": mark("callback ID"),
    "callback_type": mark("kind of callback"),
    "campaign_id": mark("campaign ID"),
    "categories": mark("categories"),
    "date_anonymized": mark("date anonymized"),
    "date_callback_connected": mark("date callback connected"),
    "date_callback_ended": mark("date callback ended"),
    "date_first_rang": mark("date first rang"),
    "date_queued": mark("date queued"),
    "entry_point_target_id": mark("entry point target ID"),
    "entry_point_target_kind": mark("kind of entry point target"),
    "from_phone": mark("from phone number"),
    "hold_duration": mark("hold duration"),
    "hold_occurrences": mark("hold occurrences"),
    "is_internal": mark("is internal"),
    "message_id": mark("message ID"),
    "mms": mark("MMS"),
    "participant_type": mark("kind of participant"),
    "percent_ai_listen_time": mark("percent AI listen time"),
    "percent_ai_silent_time": mark("percent AI silent time"),
    "percent_ai_talk_time": mark("percent AI talk time"),
    "proxy_target_id": mark("proxy target ID"),
    "queued_duration": mark("queued duration"),
    "queued_occurrences": mark("queued occurrences"),
    "recording_id": mark("recording ID"),
    "ringing_duration": mark("ringing duration"),
    "ringing_occurrences": mark("ringing occurrences"),
    "salesforce_activity_id": mark("Salesforce activity ID"),
    "talk_duration": mark("talk duration"),
    "target_kind": mark("kind of target"),
    "time_in_system": mark("time in system"),
    "time_to_answer": mark("time to answer"),
    "to_phone": mark("to phone number"),
    "transferred_from_target_id": mark("transferred from target ID"),
    "transferred_to": mark("transferred to"),
    "transferred_to_contact_id": mark("transferred to contact ID"),
    "wrapup_duration": mark("wrap-up duration"),
}
"""Those that no answer of Dialpad's has besides; the words of the others are there already."""


def column_words(name: str) -> str:
    """Return what a column is called, in the language spoken now; for one that nobody knows its name in words."""
    return say(COLUMNS.get(name, words_of_name(name)))


def column_heading(name: str) -> str:
    """Return the same as a heading."""
    words = column_words(name)
    return words[:1].upper() + words[1:]
