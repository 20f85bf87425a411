"""Every action is found by its slug, by its name and by two words that people would say."""

from typing import Any, Final

import pytest

from bot.basics.language import ENGLISH, LANGUAGES, say, speaking
from bot.catalogue.search import find
from bot.dialpad.action import Action
from bot.dialpad.actions import ALL, by_slug
from tests.each import every_action

TWO_WORDS: Final = {
    "DIALPAD_RETRIEVE_AGENT_GROUP_BY_ID": "agent group",
    "DIALPAD_UPDATE_COMPANY_SETTINGS": "company settings",
    "DIALPAD_LIST_DIGITAL_SESSIONS": "digital sessions",
    "DIALPAD_SEND_FAX": "send fax",
    "DIALPAD_LIST_SCHEDULED_MEETINGS": "scheduled meetings",
    "DIALPAD_RETRIEVE_MEETING_BY_ID": "show meeting",
    "DIALPAD_CREATE_MEETING": "schedule meeting",
    "DIALPAD_UPDATE_MEETING_BY_ID": "change meeting",
    "DIALPAD_DELETE_MEETING_BY_ID": "cancel meeting",
    "DIALPAD_UPDATE_NUMBER_TAGS": "mark number",
    "DIALPAD_RETRIEVE_PRIMARY_OFFICE": "main office",
    "DIALPAD_UPDATE_OFFICE_HOURS_BY_ID": "office hours",
    "DIALPAD_LIST_SCORECARDS": "list scorecards",
    "DIALPAD_RETRIEVE_SCORECARD_BY_ID": "show scorecard",
    "DIALPAD_START_SCORECARD_EXPORT": "export scorecards",
    "DIALPAD_RETRIEVE_SCORECARD_EXPORT_BY_ID": "fetch export",
    "DIALPAD_LIST_CHANNEL_SUBSCRIPTIONS": "channel subscriptions",
    "DIALPAD_RETRIEVE_CHANNEL_SUBSCRIPTION_BY_ID": "channel subscription",
    "DIALPAD_CREATE_CHANNEL_SUBSCRIPTION": "subscribe channels",
    "DIALPAD_UPDATE_CHANNEL_SUBSCRIPTION_BY_ID": "change channel-events",
    "DIALPAD_DELETE_CHANNEL_SUBSCRIPTION_BY_ID": "unsubscribe channel",
    "DIALPAD_LIST_FAX_SUBSCRIPTIONS": "fax subscriptions",
    "DIALPAD_RETRIEVE_FAX_SUBSCRIPTION_BY_ID": "fax subscription",
    "DIALPAD_CREATE_FAX_SUBSCRIPTION": "subscribe faxes",
    "DIALPAD_UPDATE_FAX_SUBSCRIPTION_BY_ID": "change fax-events",
    "DIALPAD_DELETE_FAX_SUBSCRIPTION_BY_ID": "unsubscribe fax",
    "DIALPAD_LIST_WFM_ACTIVITY_METRICS": "agents activities",
    "DIALPAD_LIST_WFM_AGENT_METRICS": "agents figures",
    "DIALPAD_ACCESS_CONTROL_POLICIES_LISTING": "list policies",
    "DIALPAD_RETRIEVE_ACCESS_CONTROL_POLICY_BY_ID": "show policy",
    "DIALPAD_CREATE_ACCESS_CONTROL_POLICY": "new policy",
    "DIALPAD_PATCH_ACCESS_CONTROL_POLICY_BY_ID": "edit policy",
    "DIALPAD_DELETE_ACCESS_CONTROL_POLICY_BY_ID": "delete policy",
    "DIALPAD_RETRIEVE_ACCESS_CONTROL_POLICY_ASSIGNMENTS": "policy holders",
    "DIALPAD_ASSIGN_POLICY_TO_USER_BY_ID": "assign policy",
    "DIALPAD_UNASSIGN_ACCESS_CONTROL_POLICY_FROM_USER": "unassign policy",
    "DIALPAD_RETRIEVE_APP_SETTINGS": "app settings",
    "DIALPAD_RETRIEVE_BLOCKED_PHONE_NUMBERS": "blocked numbers",
    "DIALPAD_RETRIEVE_BLOCKED_NUMBER_DETAILS": "number blocked",
    "DIALPAD_ADD_BLOCKED_PHONE_NUMBERS": "block spam",
    "DIALPAD_REMOVE_BLOCKED_NUMBERS": "unblock number",
    "DIALPAD_RETRIEVE_CALL_INFORMATION": "list calls",
    "DIALPAD_FETCH_CALL_BY_ID": "lookup call",
    "DIALPAD_INITIATE_OUTBOUND_CALL_VIA_API": "dial number",
    "DIALPAD_INITIATE_IVR_CALL_API_ENDPOINT": "ivr call",
    "DIALPAD_HANGUP_CALL_VIA_ID": "end call",
    "DIALPAD_TRANSFER_CALL_TO_DESTINATION": "transfer call",
    "DIALPAD_ADD_PARTICIPANT_TO_CALL": "call participant",
    "DIALPAD_UNPARK_CALL_BY_USER_ID": "parked call",
    "DIALPAD_ATTACH_LABELS_TO_CALL": "tag call",
    "DIALPAD_RETRIEVE_CALL_AI_RECAP": "call recap",
    "DIALPAD_ASSIGN_OPERATOR_TO_CALL": "assign call",
    "DIALPAD_UNASSIGN_OPERATOR_FROM_CALL": "unassign call",
    "DIALPAD_UNASSIGN_ALL_OPERATORS_FROM_CALL": "unassign everybody",
    "DIALPAD_LIST_ASSIGNED_OPERATORS_OF_CALL": "assigned operators",
    "DIALPAD_LIST_DISPOSITIONS": "list dispositions",
    "DIALPAD_RETRIEVE_DISPOSITION_BY_ID": "show outcomes",
    "DIALPAD_CREATE_DISPOSITION": "new disposition",
    "DIALPAD_UPDATE_DISPOSITION_BY_ID": "edit outcomes",
    "DIALPAD_DELETE_DISPOSITION_BY_ID": "delete disposition",
    "DIALPAD_LIST_BULK_MESSAGES": "list bulk",
    "DIALPAD_RETRIEVE_BULK_MESSAGE_BY_ID": "show bulk",
    "DIALPAD_SEND_BULK_MESSAGE": "send bulk",
    "DIALPAD_UPDATE_BULK_MESSAGE_BY_ID": "edit bulk",
    "DIALPAD_LIST_SCHEDULED_MESSAGES": "list scheduled",
    "DIALPAD_RETRIEVE_SCHEDULED_MESSAGE_BY_ID": "show scheduled",
    "DIALPAD_CREATE_SCHEDULED_MESSAGE": "schedule text",
    "DIALPAD_UPDATE_SCHEDULED_MESSAGE_BY_ID": "edit scheduled",
    "DIALPAD_DELETE_SCHEDULED_MESSAGE_BY_ID": "cancel scheduled",
    "DIALPAD_SEND_SCHEDULED_MESSAGE_NOW": "text now",
    "DIALPAD_CREATE_CALLBACK": "request callback",
    "DIALPAD_VALIDATE_CALLBACK_REQUEST": "check callback",
    "DIALPAD_RETRIEVE_CALL_CENTERS_INFORMATION": "all queues",
    "DIALPAD_RETRIEVE_CALL_CENTER_BY_ID": "show callcenter",
    "DIALPAD_GET_CALL_CENTER_STATUS_BY_ID": "callcenter status",
    "DIALPAD_CONFIGURE_CALL_CENTER_SETTINGS": "new callcenter",
    "DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID": "callcenter settings",
    "DIALPAD_DELETE_CALL_CENTER_BY_ID": "delete callcenter",
    "DIALPAD_RETRIEVE_CALLCENTER_OPERATORS_BY_ID": "callcenter operators",
    "DIALPAD_ADD_OPERATOR_TO_CALL_CENTER": "add agent",
    "DIALPAD_DELETE_OPERATOR_FROM_CALL_CENTER": "remove agent",
    "DIALPAD_RETRIEVE_OPERATOR_DUTY_STATUS": "duty status",
    "DIALPAD_UPDATE_OPERATOR_DUTY_STATUS": "off duty",
    "DIALPAD_GET_OPERATOR_SKILLS_BY_CALL_CENTER_AND_USER": "operator skill",
    "DIALPAD_MODIFY_OPERATOR_SKILL_LEVEL": "rate agent",
    "DIALPAD_GET_CALL_LABELS": "call labels",
    "DIALPAD_CREATE_CALL_REVIEW_SHARE_LINK": "share call",
    "DIALPAD_GET_CALL_REVIEW_SHARE_LINK_BY_ID": "review link",
    "DIALPAD_UPDATE_CALL_REVIEW_SHARE_LINK_PRIVACY": "review privacy",
    "DIALPAD_DELETE_CALL_REVIEW_SHARE_LINK_BY_ID": "delete review",
    "DIALPAD_RETRIEVE_CALL_ROUTERS_V2_API": "list routers",
    "DIALPAD_RETRIEVE_CALL_ROUTER_BY_ID": "show router",
    "DIALPAD_CREATE_CALL_ROUTER_CONFIGURATION": "create router",
    "DIALPAD_PATCH_CALL_ROUTER_BY_ID": "edit router",
    "DIALPAD_DELETE_CALL_ROUTER_BY_ID": "delete router",
    "DIALPAD_ASSIGN_NUMBER_TO_CALL_ROUTER": "router number",
    "DIALPAD_LIST_CHANNELS_API": "list channels",
    "DIALPAD_RETRIEVE_CHANNEL_BY_ID": "show channel",
    "DIALPAD_CREATE_CHANNEL_ENDPOINT": "new channel",
    "DIALPAD_DELETE_CHANNEL_BY_ID": "delete channel",
    "DIALPAD_GET_CHANNEL_MEMBERS_BY_ID": "channel members",
    "DIALPAD_ADD_MEMBER_TO_CHANNEL": "channel add",
    "DIALPAD_DELETE_CHANNEL_MEMBER_BY_ID": "channel remove",
    "DIALPAD_RETRIEVE_COACHING_TEAMS_INFORMATION": "coaching teams",
    "DIALPAD_RETRIEVE_COACHING_TEAM_BY_ID": "show coachingteam",
    "DIALPAD_RETRIEVE_MEMBERS_OF_COACHING_TEAM_BY_ID": "coaches trainees",
    "DIALPAD_ADD_MEMBER_TO_COACHING_TEAM": "add coach",
    "DIALPAD_RETRIEVE_COMPANY_DATA": "show company",
    "DIALPAD_RETRIEVE_SMS_OPT_OUT_BY_COMPANY_ID": "sms optouts",
    "DIALPAD_RETRIEVE_CONFERENCE_MEETINGS": "past meetings",
    "DIALPAD_LIST_CONFERENCE_ROOMS": "meeting rooms",
    "DIALPAD_RETRIEVE_CONTACT_LIST": "list contacts",
    "DIALPAD_RETRIEVE_CONTACT_BY_ID": "show contact",
    "DIALPAD_CREATE_NEW_CONTACT_ENTRY": "save contact",
    "DIALPAD_UPDATE_CONTACT_INFORMATION": "own contact",
    "DIALPAD_MODIFY_CONTACT_DETAILS_USING_ID": "edit contact",
    "DIALPAD_DELETE_CONTACT_BY_ID": "delete contact",
    "DIALPAD_FETCH_CUSTOM_IVRS": "list announcements",
    "DIALPAD_CREATE_CUSTOM_IVR_WITH_AUDIO_FILE": "upload greeting",
    "DIALPAD_UPDATE_IVR_DETAILS_BY_ID": "rename announcement",
    "DIALPAD_MODIFY_CUSTOM_IVR_SETTINGS": "choose greeting",
    "DIALPAD_DELETE_CUSTOM_IVR_BY_TARGET_TYPE_AND_IVRTYPE": "delete ivr",
    "DIALPAD_RETRIEVE_LIST_OF_DEPARTMENTS": "list departments",
    "DIALPAD_RETRIEVE_DEPARTMENT_BY_ID": "show department",
    "DIALPAD_CREATE_NEW_DEPARTMENT_RECORD": "new department",
    "DIALPAD_PATCH_DEPARTMENT_DETAILS_BY_ID": "edit department",
    "DIALPAD_DELETE_DEPARTMENT_RESOURCE": "delete department",
    "DIALPAD_RETRIEVE_DEPARTMENT_OPERATORS_BY_ID": "department operators",
    "DIALPAD_ADD_DEPARTMENT_OPERATOR_BY_ID": "department add",
    "DIALPAD_DELETE_OPERATOR_FROM_DEPARTMENT": "department remove",
    "DIALPAD_ASSIGN_FAX_LINE_TO_TARGET": "fax number",
    "DIALPAD_RETRIEVE_NUMBERS_VIA_API_V2": "company numbers",
    "DIALPAD_GET_PHONE_NUMBER_DETAILS": "number details",
    "DIALPAD_FORMAT_PHONE_NUMBERS": "format number",
    "DIALPAD_ASSIGN_PHONE_NUMBER_TO_TARGET": "line number",
    "DIALPAD_REASSIGN_PHONE_NUMBER_TO_TARGET": "move number",
    "DIALPAD_DELETE_NUMBER_VIA_API": "release number",
    "DIALPAD_OAUTH2_AUTHORIZE_ENDPOINT": "connect account",
    "DIALPAD_REDEEM_ACCESS_OR_REFRESH_TOKEN": "refresh token",
    "DIALPAD_DEAUTHORIZE_OAUTH2_SESSION": "disconnect account",
    "DIALPAD_LIST_OFFICES_ENDPOINT": "list offices",
    "DIALPAD_RETRIEVE_OFFICE_BY_ID": "show office",
    "DIALPAD_CREATE_SECONDARY_OFFICE": "new office",
    "DIALPAD_RETRIEVE_OFFICE_PLAN_BY_ID": "office billing",
    "DIALPAD_GET_AVAILABLE_LICENSES_FOR_AN_OFFICE": "free licenses",
    "DIALPAD_RETRIEVE_OFF_DUTY_STATUS_BY_OFFICE_ID": "duty reasons",
    "DIALPAD_GET_OFFICE_CALL_CENTERS": "office callcenters",
    "DIALPAD_GET_DEPARTMENTS_BY_OFFICE_ID": "office departments",
    "DIALPAD_RETRIEVE_TEAMS_FOR_OFFICE_ID": "office teams",
    "DIALPAD_RETRIEVE_E911_OFFICE_DETAILS": "office e911",
    "DIALPAD_UPDATE_E911_ADDRESS_FOR_OFFICE": "office address",
    "DIALPAD_FETCH_OPERATORS_FOR_OFFICE_ID": "office operators",
    "DIALPAD_ADD_OPERATOR_TO_OFFICE": "office add",
    "DIALPAD_DELETE_OFFICE_OPERATOR_BY_ID": "office remove",
    "DIALPAD_ASSIGN_PHONE_NUMBER_TO_OFFICE": "office number",
    "DIALPAD_UNASSIGN_OFFICE_NUMBER": "unassign office",
    "DIALPAD_POST_RECORDING_SHARE_LINK": "share recording",
    "DIALPAD_GET_RECORDING_SHARE_LINK_BY_ID": "recording link",
    "DIALPAD_UPDATE_RECORDING_SHARE_LINK_PRIVACY": "recording privacy",
    "DIALPAD_DELETE_RECORDING_SHARE_LINK_BY_ID": "delete recording",
    "DIALPAD_GET_ROOMS_LIST": "list rooms",
    "DIALPAD_RETRIEVE_ROOM_INFORMATION_BY_ID": "show room",
    "DIALPAD_CREATE_ROOM_IN_OFFICE_VIA_POST": "new room",
    "DIALPAD_UPDATE_ROOM_DETAILS": "rename room",
    "DIALPAD_DELETE_ROOM_BY_ID": "delete room",
    "DIALPAD_ASSIGN_PHONE_NUMBER_TO_ROOM": "room number",
    "DIALPAD_UNASSIGN_ROOM_PHONE_NUMBER": "unassign room",
    "DIALPAD_CREATE_PIN_FOR_INTERNATIONAL_ROOM_CALLS": "international pin",
    "DIALPAD_GET_DESKPHONES_IN_ROOMS": "room deskphones",
    "DIALPAD_GET_DESKPHONE_BY_PARENT_ID": "room deskphone",
    "DIALPAD_DELETE_DESKPHONE_IN_ROOM": "delete deskphone",
    "DIALPAD_FETCH_SCHEDULED_REPORTS": "scheduled reports",
    "DIALPAD_RETRIEVE_SCHEDULE_REPORT_BY_ID": "show report",
    "DIALPAD_CREATE_SCHEDULE_REPORTS_ENDPOINT": "schedule report",
    "DIALPAD_UPDATE_SCHEDULE_REPORT_SETTINGS": "edit report",
    "DIALPAD_DELETE_SCHEDULE_REPORT_BY_ID": "delete report",
    "DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER": "send sms",
    "DIALPAD_RETRIEVE_COACHING_STATS_V2": "get statistics",
    "DIALPAD_RETRIEVE_STAT_BY_ID": "fetch stats",
    "DIALPAD_GET_CALL_SUBSCRIPTION_DETAILS": "call subscriptions",
    "DIALPAD_RETRIEVE_CALL_SUBSCRIPTION_BY_ID": "call subscription",
    "DIALPAD_POST_CALL_EVENT_SUBSCRIPTION": "subscribe calls",
    "DIALPAD_UPDATE_CALL_SUBSCRIPTION_BY_ID": "call events",
    "DIALPAD_DELETE_CALL_SUBSCRIPTION_BY_ID": "unsubscribe calls",
    "DIALPAD_RETRIEVE_SMS_SUBSCRIPTIONS": "sms subscriptions",
    "DIALPAD_RETRIEVE_SMS_SUBSCRIPTION_BY_ID": "text subscription",
    "DIALPAD_CREATE_SMS_EVENT_SUBSCRIPTION": "subscribe sms",
    "DIALPAD_UPDATE_SMS_SUBSCRIPTION_SETTINGS": "sms settings",
    "DIALPAD_DELETE_SMS_SUBSCRIPTION_BY_ID": "unsubscribe sms",
    "DIALPAD_RETRIEVE_AGENT_STATUS_SUBSCRIPTION": "agent subscriptions",
    "DIALPAD_RETRIEVE_AGENT_STATUS_BY_ID": "agent subscription",
    "DIALPAD_CREATE_AGENT_STATUS_SUBSCRIPTION": "subscribe agent",
    "DIALPAD_PATCH_AGENT_STATUS_EVENT_SUBSCRIPTION": "change agent",
    "DIALPAD_DELETE_AGENT_STATUS_BY_ID": "unsubscribe agent",
    "DIALPAD_RETRIEVE_SUBSCRIPTION_CONTACTS": "contact subscriptions",
    "DIALPAD_GET_SUBSCRIPTION_CONTACT_BY_ID": "contact subscription",
    "DIALPAD_SUBSCRIBE_CONTACT_EVENT": "subscribe contacts",
    "DIALPAD_UPDATE_CONTACT_SUBSCRIPTION_BY_ID": "contact events",
    "DIALPAD_DELETE_SUBSCRIPTION_CONTACT_BY_ID": "unsubscribe contacts",
    "DIALPAD_RETRIEVE_SUBSCRIPTION_CHANGE_LOG": "changelog subscriptions",
    "DIALPAD_RETRIEVE_SUBSCRIPTION_CHANGE_LOG_BY_ID": "show changelog",
    "DIALPAD_POST_SUBSCRIPTION_CHANGE_LOG_EVENT": "subscribe changelog",
    "DIALPAD_PATCH_SUBSCRIPTION_CHANGELOG_ENDPOINT": "edit changelog",
    "DIALPAD_DELETE_SUBSCRIPTION_CHANGELOG_BY_ID": "unsubscribe changelog",
    "DIALPAD_FETCH_CALL_TRANSCRIPT_BY_ID": "read transcript",
    "DIALPAD_FETCH_TRANSCRIPT_URL_BY_CALL_ID": "transcript url",
    "DIALPAD_RETRIEVE_USER_DEVICES_LIST": "list devices",
    "DIALPAD_RETRIEVE_USER_DEVICE_BY_ID": "show device",
    "DIALPAD_LIST_USERS": "list people",
    "DIALPAD_FETCH_USER_DETAILS_BY_ID": "show user",
    "DIALPAD_CREATE_USER_WITH_AUTO_ASSIGN": "new employee",
    "DIALPAD_UPDATE_USER_INFORMATION_BY_ID": "edit user",
    "DIALPAD_DELETE_USER_BY_ID": "delete user",
    "DIALPAD_MOVE_USER_TO_SPECIFIED_OFFICE": "move person",
    "DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS": "toggle dnd",
    "DIALPAD_PATCH_USER_STATUS": "status message",
    "DIALPAD_PATCH_USER_ACTIVE_CALL_RECORDING": "start recording",
    "DIALPAD_TOGGLE_VI_CALL_FOR_USER_BY_ID": "toggle ai",
    "DIALPAD_GET_USER_CALLER_ID": "callerid show",
    "DIALPAD_SET_USER_CALLER_ID_BY_ID": "set callerid",
    "DIALPAD_INITIATE_USER_CALL_WITH_GROUP_OPTIONS": "start call",
    "DIALPAD_POST_USERS_SCREENPOP_URI": "screen pop",
    "DIALPAD_ASSIGN_PHONE_NUMBER_TO_USER": "person number",
    "DIALPAD_UNASSIGN_USER_PHONE_NUMBER": "unassign user",
    "DIALPAD_GET_DESKPHONES_FOR_USER_PARENT_ID": "list deskphones",
    "DIALPAD_GET_USER_DESKPHONES": "show deskphone",
    "DIALPAD_DELETE_DESKPHONE_BY_USER_ID": "remove deskphone",
    "DIALPAD_GET_USER_E911_DETAILS": "emergency address",
    "DIALPAD_UPDATE_E911_ADDRESS_FOR_USER": "user e911",
    "DIALPAD_RETRIEVE_USER_PERSONAS_BY_ID": "user personas",
    "DIALPAD_GET_WEBHOOKS_INFORMATION": "list webhooks",
    "DIALPAD_RETRIEVE_SPECIFIC_WEBHOOK_BY_ID": "show webhook",
    "DIALPAD_CREATE_WEBHOOK_POST_ENDPOINT": "new webhook",
    "DIALPAD_MODIFY_WEBHOOK_CONFIGURATION": "edit webhook",
    "DIALPAD_DELETE_WEBHOOK_BY_ID": "delete webhook",
    "DIALPAD_RETRIEVE_WEBSOCKET_CONNECTION": "list websockets",
    "DIALPAD_RETRIEVE_WEBSOCKET_BY_ID": "show websocket",
    "DIALPAD_POST_WEBSOCKET_CONNECTION_SECRET": "new websocket",
    "DIALPAD_PATCH_WEBSOCKET_SIGNATURE_SECRET": "websocket secret",
    "DIALPAD_DELETE_WEBSOCKET_CONNECTION_BY_ID": "delete websocket",
}


def test_every_action_has_its_two_words() -> None:
    assert set(TWO_WORDS) == {action.slug for action in ALL}
    assert all(len(words.split()) == 2 for words in TWO_WORDS.values())
    assert len(set(TWO_WORDS.values())) == len(TWO_WORDS)


@every_action
def test_an_action_comes_first_for_its_slug(action: type[Action[Any]]) -> None:
    assert find(action.slug)[0] is action
    assert find(action.slug.removeprefix("DIALPAD_").lower())[0] is action


@every_action
def test_an_action_comes_first_for_its_name(action: type[Action[Any]]) -> None:
    assert find(action.name)[0] is action
    assert find(f"  {action.name.upper()} ")[0] is action


@every_action
def test_an_action_is_among_the_first_three_for_two_words(action: type[Action[Any]]) -> None:
    first, second = TWO_WORDS[action.slug].split()
    assert action in find(f"{first} {second}")[:3]
    assert action in find(f"{second} {first}")[:3]


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("tranfser a call", "DIALPAD_TRANSFER_CALL_TO_DESTINATION"),
        ("webhok list", "DIALPAD_GET_WEBHOOKS_INFORMATION"),
        ("dialpad_togle_user_do_not_disturb_staus", "DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS"),
        ("statistcs", "DIALPAD_RETRIEVE_COACHING_STATS_V2"),
        ("do not disturb", "DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS"),
        ("dnd", "DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS"),
        ("send a text", "DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER"),
        ("hang up", "DIALPAD_HANGUP_CALL_VIA_ID"),
        ("transcr", "DIALPAD_FETCH_CALL_TRANSCRIPT_BY_ID"),
        ("call centre operators", "DIALPAD_RETRIEVE_CALLCENTER_OPERATORS_BY_ID"),
    ],
)
def test_slips_and_everyday_words_find_what_was_meant(typed: str, slug: str) -> None:
    assert find(typed)[0] is by_slug(slug)


def test_nothing_typed_shows_actions_in_their_order() -> None:
    assert find("", 5) == find(" ?! ", 5) == list(ALL[:5])


@pytest.mark.parametrize("nonsense", ["qqqq", "zebra giraffe", "日本語"])
def test_nonsense_finds_little(nonsense: str) -> None:
    assert len(find(nonsense, 100)) in {0, 100}


def test_no_more_than_asked_for() -> None:
    assert len(find("call", 7)) == 7


def test_the_name_of_a_group_of_fields_finds_what_changes_it() -> None:
    assert [one.slug for one in find("hold queue")][:2] == [
        "DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID", "DIALPAD_PATCH_DEPARTMENT_DETAILS_BY_ID",
    ]  # fmt: skip
    assert find("voice intelligence")[0].request.method == "PATCH"


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != ENGLISH])
def test_every_action_is_found_by_its_name_in_each_language(language: str) -> None:
    with speaking(language):
        lost = [action.slug for action in ALL if action not in find(say(action.name), 3)]
    assert not lost


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("crear sala", "DIALPAD_CREATE_ROOM_IN_OFFICE_VIA_POST"),
        ("mostrar usuarios", "DIALPAD_LIST_USERS"),
        ("números bloqueados", "DIALPAD_RETRIEVE_BLOCKED_PHONE_NUMBERS"),
        ("list call centers", "DIALPAD_RETRIEVE_CALL_CENTERS_INFORMATION"),
    ],
)
def test_what_is_typed_in_spanish_or_in_english_finds_it(typed: str, slug: str) -> None:
    with speaking("es"):
        assert find(typed, 3)[0].slug == slug
