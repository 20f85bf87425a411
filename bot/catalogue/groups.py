"""The names of the groups of actions, as people read them."""

from typing import Final

_WORDS: Final = {
    "accesscontrolpolicies": "Access policies", "agentgroups": "Agent groups", "app": "App settings",
    "blockednumbers": "Blocked numbers", "call": "Calls", "callback": "Callbacks", "callcenters": "Call centers",
    "calllabels": "Call labels", "callreviewsharelink": "Links to call reviews", "callrouters": "Call routers",
    "channels": "Dialpad channels", "coachingteams": "Coaching teams", "company": "Company",
    "conference": "Past meetings and rooms", "contacts": "Contacts", "customivrs": "Announcements",
    "departments": "Departments",
    "digital": "Digital sessions",
    "dispositions": "Dispositions", "fax": "Faxes", "faxline": "Fax lines",
    "meetings": "Meetings", "message": "Bulk and scheduled texts", "numbers": "Numbers", "oauth2": "Connecting",
    "offices": "Offices", "recordingsharelink": "Links to recordings", "rooms": "Rooms",
    "schedulereports": "Scheduled reports", "scorecards": "Scorecards", "sms": "Text messages", "stats": "Statistics",
    "subscriptions": "Event subscriptions", "transcripts": "Transcripts", "userdevices": "Devices", "users": "People",
    "webhooks": "Webhooks", "websockets": "Websockets", "wfm": "Workforce management",
}  # fmt: skip


def group_word(group: str) -> str:
    """Return the name of a group of actions, which is known by a part of their path."""
    return _WORDS.get(group, group[:1].upper() + group[1:])
