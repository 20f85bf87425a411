"""The names of the groups of actions, as people read them."""

from typing import Final

from bot.basics.language import mark, say

_WORDS: Final = {
    "accesscontrolpolicies": mark("Access policies"),
    "agentgroups": mark("Agent groups"),
    "app": mark("App settings"),
    "blockednumbers": mark("Blocked numbers"),
    "call": mark("Calls"),
    "callback": mark("Callbacks"),
    "callcenters": mark("Call centers"),
    "calllabels": mark("Call labels"),
    "callreviewsharelink": mark("Links to call reviews"),
    "callrouters": mark("Call routers"),
    "channels": mark("Dialpad channels"),
    "coachingteams": mark("Coaching teams"),
    "company": mark("Company"),
    "conference": mark("Past meetings and rooms"),
    "contacts": mark("Contacts"),
    "customivrs": mark("Announcements"),
    "departments": mark("Departments"),
    "digital": mark("Digital sessions"),
    "dispositions": mark("Dispositions"),
    "fax": mark("Faxes"),
    "faxline": mark("Fax lines"),
    "meetings": mark("Meetings"),
    "message": mark("Bulk and scheduled texts"),
    "numbers": mark("Numbers"),
    "oauth2": mark("Connecting"),
    "offices": mark("Offices"),
    "recordingsharelink": mark("Links to recordings"),
    "rooms": mark("Rooms"),
    "schedulereports": mark("Scheduled reports"),
    "scorecards": mark("Scorecards"),
    "sms": mark("Text messages"),
    "stats": mark("Statistics"),
    "subscriptions": mark("Event subscriptions"),
    "transcripts": mark("Transcripts"),
    "userdevices": mark("Devices"),
    "users": mark("People"),
    "webhooks": mark("Webhooks"),
    "websockets": mark("Websockets"),
    "wfm": mark("Workforce management"),
}


def group_word(group: str) -> str:
    """Return the name of a group of actions, which is known by a part of their path."""
    return say(english_group_word(group))


def english_group_word(group: str) -> str:
    """Return its name in English, in which actions are looked for."""
    return _WORDS.get(group, group[:1].upper() + group[1:])
