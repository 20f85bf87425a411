"""Rows as real exports have them."""

from zoneinfo import ZoneInfo

from bot.catalogue.call_records import began, counted_calls
from bot.catalogue.sheets import Sheet

ZONE = ZoneInfo("America/Los_Angeles")
EXPORT = """\
date_started,call_id,category,direction,target_id,target_type,name,date_connected,entry_point_call_id,time_to_answer,talk_duration
2026-11-23 09:05:54.388365,61,incoming,inbound,11,call_center,Support,2026-11-23 09:06:04,,10.1,947.0
2026-11-23 09:05:55,62,incoming,inbound,101,user,Ana Ferreira,2026-11-23 09:06:04,61,9.0,947.0
2026-11-23 10:15:01.001,63,abandoned,inbound,11,call_center,Support,,,,0
2026-11-23 10:30:00,64,voicemail,inbound,11,call_center,Support,,,,0
2026-11-24 11:00:00,65,outgoing,outbound,101,user,Ana Ferreira,2026-11-24 11:00:10,,,180.0
2026-11-24 12:00:00,66,cancelled,outbound,101,user,Ana Ferreira,,,,0
,67,incoming,inbound,11,call_center,Support,,,,0
2026-11-24 13:00:00,68,something new,inbound,11,call_center,Support,,,,0
"""
ROWS = Sheet.parse(EXPORT).rows


def test_a_line_counts_its_own_calls_and_knows_who_took_them() -> None:
    calls = counted_calls(ROWS, "11", ZONE)
    assert [one.ending for one in calls] == ["answered", "abandoned", "voicemail"]
    assert (calls[0].waited_s, calls[0].talked_s, calls[0].by) == (10.1, 947.0, "Ana Ferreira")
    assert calls[0].at.tzinfo is ZONE
    assert calls[0].at.hour == 9


def test_a_person_counts_their_own_legs() -> None:
    assert [one.ending for one in counted_calls(ROWS, "101", ZONE)] == ["answered", "reached", "not reached"]


def test_the_company_counts_each_call_once() -> None:
    assert [one.ending for one in counted_calls(ROWS, "", ZONE)] == [
        "answered", "abandoned", "voicemail", "reached", "not reached",
    ]  # fmt: skip


def test_a_row_without_a_date_is_no_day() -> None:
    assert began({"date_started": "", "date": "soon"}) is None
    assert began({"date": "2026-11-23"}) is not None
