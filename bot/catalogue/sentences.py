"""What an action does, in sentences about what changes for whom: one that asks before, one that says it after.

Every action that changes something has both (``tests/rules/test_sentences.py``). A template holds ``{field}``, the
value of one of the action's fields by name, or of its answer. ``{id:who}``, ``{id:whose}`` and ``{id:is}`` are a
person, who may be the one who asks; where a verb follows, ``{id}`` is their name. ``[ in {group_id}]`` is there when
its field is, ``[role=coach| as a coach]`` for one value. Of several templates the first counts whose fields are all
known.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

Templates: TypeAlias = str | tuple[str, ...]


@dataclass(frozen=True)
class Sentence:
    """What is said about one action: ``asks`` by its confirmation, ``done`` by its answer."""

    asks: Templates
    done: Templates


def _kept(what: str, name: str = "{name}") -> tuple[Sentence, Sentence, Sentence]:
    """Return what is said when a thing of a kind is made, changed and deleted."""
    return (
        Sentence(f"Create the {what} {name}", f"The {what} {name} was created."),
        Sentence(f"Change the {what} {{id}}", f"The {what} {{id}} was changed."),
        Sentence(f"Delete the {what} {{id}}", f"The {what} {{id}} was deleted."),
    )


def _number_for(whom: str) -> Sentence:
    return Sentence(
        (
            f"Give {whom} the number {{number}}",
            f"Give {whom} a number in the area {{area_code}}",
            f"Give {whom} a number",
        ),
        (f"Calls to {{number}} now reach {whom}.", f"{whom} has a new number now."),
    )


def _subscribed(what: str, of: str = "") -> tuple[Sentence, Sentence, Sentence]:
    return (
        Sentence(
            f"Send events of {what}{of} to {{endpoint_id}}", f"Events of {what}{of} are now sent to {{endpoint_id}}."
        ),
        Sentence(f"Change where events of {what} are sent", f"The subscription to events of {what} was changed."),
        Sentence(f"Stop sending events of {what}", f"Events of {what} are no longer sent for this subscription."),
    )


_POLICY = _kept("access policy")
_CALL_CENTER = _kept("call center")
_ROUTER = _kept("call router")
_CHANNEL = _kept("Dialpad channel")
_DEPARTMENT = _kept("department")
_ROOM = _kept("room")
_REPORT = _kept("scheduled report")
_CALLS = _subscribed("calls", "[ of {target_id}]")
_TEXTS = _subscribed("text messages", "[ of {target_id}]")
_AGENTS = _subscribed("agents' status")
_CONTACTS = _subscribed("contacts")
_LOG = _subscribed("the change log")
_CHANNEL_MESSAGES = _subscribed("messages", "[ in {target_id}]")
_FAXES = _subscribed("faxes", "[ of {target_id}]")
_ADDRESS = "{address}, {city}"

SENTENCES: Final[dict[str, Sentence]] = {
    # Access policies
    "DIALPAD_CREATE_ACCESS_CONTROL_POLICY": _POLICY[0],
    "DIALPAD_PATCH_ACCESS_CONTROL_POLICY_BY_ID": _POLICY[1],
    "DIALPAD_DELETE_ACCESS_CONTROL_POLICY_BY_ID": _POLICY[2],
    "DIALPAD_ASSIGN_POLICY_TO_USER_BY_ID": Sentence(
        "Give {user_id:who} the access policy {id}[ for {target_id}]",
        "{user_id} can now do what the access policy {id} allows[ in {target_id}].",
    ),
    "DIALPAD_UNASSIGN_ACCESS_CONTROL_POLICY_FROM_USER": Sentence(
        "Take the access policy {id} from {user_id:who}",
        "{user_id} can no longer do what the access policy {id} allows[ in {target_id}].",
    ),
    # Blocked numbers
    "DIALPAD_ADD_BLOCKED_PHONE_NUMBERS": Sentence(
        ("Block {numbers} for the whole company", "Block these numbers"),
        ("Calls and texts from {numbers} no longer reach anybody here.", "Nothing was blocked: no number was given."),
    ),
    "DIALPAD_REMOVE_BLOCKED_NUMBERS": Sentence(
        ("Unblock {numbers}", "Unblock these numbers"),
        ("Calls and texts from {numbers} reach the company again.", "Nothing was unblocked: no number was given."),
    ),
    # Calls
    "DIALPAD_INITIATE_OUTBOUND_CALL_VIA_API": Sentence(
        "Call {phone_number} from {user_id:whose} phone",
        "{user_id:whose} phone rings first, then {phone_number} is called.",
    ),
    "DIALPAD_INITIATE_IVR_CALL_API_ENDPOINT": Sentence(
        "Call {phone_number} with the phone menu of {target_id}",
        "{phone_number} is being called and hears the phone menu of {target_id}.",
    ),
    "DIALPAD_HANGUP_CALL_VIA_ID": Sentence(
        "End the call[ with {id}] for everybody on it", "The call[ with {id}] was ended for everybody on it."
    ),
    "DIALPAD_TRANSFER_CALL_TO_DESTINATION": Sentence(
        "Transfer the call[ with {id}][ to {to.number}][ to {to.target_id}]",
        "The call[ with {id}] was transferred[ to {to.number}][ to {to.target_id}].",
    ),
    "DIALPAD_ADD_PARTICIPANT_TO_CALL": Sentence(
        ("Add {participant.number} to the call[ with {id}]", "Add {participant.target_id} to the call[ with {id}]"),
        (
            "{participant.number} is being called into the call[ with {id}].",
            "{participant.target_id} is being called into the call[ with {id}].",
        ),
    ),
    "DIALPAD_UNPARK_CALL_BY_USER_ID": Sentence(
        "Put the parked call[ with {id}] on {user_id:whose} phone",
        "The parked call[ with {id}] is on {user_id:whose} phone now.",
    ),
    "DIALPAD_ATTACH_LABELS_TO_CALL": Sentence(
        ("Label the call[ with {id}] {labels}", "Take the labels off the call[ with {id}]"),
        ("The call[ with {id}] is now labeled {labels}.", "The call[ with {id}] has no labels now."),
    ),
    "DIALPAD_CREATE_CALLBACK": Sentence(
        "Let {call_center_id} call {phone_number} back",
        "{call_center_id} calls {phone_number} back as soon as somebody is free.",
    ),
    # Call centers
    "DIALPAD_CONFIGURE_CALL_CENTER_SETTINGS": _CALL_CENTER[0],
    "DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID": _CALL_CENTER[1],
    "DIALPAD_DELETE_CALL_CENTER_BY_ID": _CALL_CENTER[2],
    "DIALPAD_ADD_OPERATOR_TO_CALL_CENTER": Sentence(
        "Let {user_id:who} answer calls of {id}",
        "{user_id} now [role=supervisor|supervises][role=admin|manages][role=operator|answers calls of]"
        "[role=|answers calls of] {id}.",
    ),
    "DIALPAD_DELETE_OPERATOR_FROM_CALL_CENTER": Sentence(
        "Take {user_id:who} out of {id}", "{user_id} no longer answers calls of {id}."
    ),
    "DIALPAD_UPDATE_OPERATOR_DUTY_STATUS": Sentence(
        "Put {id:who} [on_duty=on|on][on_duty=off|off] duty",
        "{id:is} now [on_duty=on|on][on_duty=off|off] duty[ ({duty_status_reason})].",
    ),
    "DIALPAD_MODIFY_OPERATOR_SKILL_LEVEL": Sentence(
        "Set {user_id:whose} skill in {call_center_id} to {skill_level}",
        "{user_id:whose} skill in {call_center_id} is now {skill_level}.",
    ),
    # Shared reviews and recordings
    "DIALPAD_CREATE_CALL_REVIEW_SHARE_LINK": Sentence(
        "Share the review of the call[ with {call_id}]",
        "There is a link to the review of the call[ with {call_id}] now.",
    ),
    "DIALPAD_UPDATE_CALL_REVIEW_SHARE_LINK_PRIVACY": Sentence(
        "Change who may open the call's review", "The link to the call's review is now open for: {privacy}."
    ),
    "DIALPAD_DELETE_CALL_REVIEW_SHARE_LINK_BY_ID": Sentence(
        "Delete the link to the call's review", "The link to the call's review opens nothing any more."
    ),
    "DIALPAD_POST_RECORDING_SHARE_LINK": Sentence("Share the recording", "There is a link to the recording now."),
    "DIALPAD_UPDATE_RECORDING_SHARE_LINK_PRIVACY": Sentence(
        "Change who may open the recording", "The link to the recording is now open for: {privacy}."
    ),
    "DIALPAD_DELETE_RECORDING_SHARE_LINK_BY_ID": Sentence(
        "Delete the link to the recording", "The link to the recording opens nothing any more."
    ),
    # Call routers
    "DIALPAD_CREATE_CALL_ROUTER_CONFIGURATION": _ROUTER[0],
    "DIALPAD_PATCH_CALL_ROUTER_BY_ID": _ROUTER[1],
    "DIALPAD_DELETE_CALL_ROUTER_BY_ID": _ROUTER[2],
    "DIALPAD_ASSIGN_NUMBER_TO_CALL_ROUTER": _number_for("the call router {id}"),
    # Dialpad channels and coaching teams
    "DIALPAD_CREATE_CHANNEL_ENDPOINT": _CHANNEL[0],
    "DIALPAD_DELETE_CHANNEL_BY_ID": _CHANNEL[2],
    "DIALPAD_ADD_MEMBER_TO_CHANNEL": Sentence(
        "Add {user_id:who} to the Dialpad channel {id}", "{user_id:is} now in the Dialpad channel {id}."
    ),
    "DIALPAD_DELETE_CHANNEL_MEMBER_BY_ID": Sentence(
        "Take {user_id:who} out of the Dialpad channel {id}", "{user_id:is} no longer in the Dialpad channel {id}."
    ),
    "DIALPAD_ADD_MEMBER_TO_COACHING_TEAM": Sentence(
        "Add {member_id:who} to the coaching team {id}",
        "{member_id:is} now in the coaching team {id}[role=coach| as a coach][role=trainee| as a trainee].",
    ),
    # Contacts
    "DIALPAD_CREATE_NEW_CONTACT_ENTRY": Sentence(
        "Save {first_name} {last_name} as a contact",
        "{first_name} {last_name} is now in the contacts[ with {phones}].",
    ),
    "DIALPAD_UPDATE_CONTACT_INFORMATION": Sentence(
        "Save {first_name} {last_name} as a contact",
        "{first_name} {last_name} is now in the contacts[ with {phones}].",
    ),
    "DIALPAD_MODIFY_CONTACT_DETAILS_USING_ID": Sentence(
        "Change the contact {id}", "What the contacts say about {id} was changed."
    ),
    "DIALPAD_DELETE_CONTACT_BY_ID": Sentence("Delete {id} from the contacts", "{id} is no longer in the contacts."),
    # Announcements
    "DIALPAD_CREATE_CUSTOM_IVR_WITH_AUDIO_FILE": Sentence(
        "Upload the announcement[ {name}] for {target_id}", "{target_id} has the new announcement[ {name}]."
    ),
    "DIALPAD_UPDATE_IVR_DETAILS_BY_ID": Sentence(
        ("Rename the announcement to {name}", "Change the announcement {ivr_id}"),
        ("The announcement is now called {name}.", "The announcement {ivr_id} was changed."),
    ),
    "DIALPAD_MODIFY_CUSTOM_IVR_SETTINGS": Sentence(
        "Let {target_id} play the announcement {ivr_id}", "Callers of {target_id} now hear the announcement {ivr_id}."
    ),
    "DIALPAD_DELETE_CUSTOM_IVR_BY_TARGET_TYPE_AND_IVRTYPE": Sentence(
        "Delete the announcement {ivr_id} of {target_id}",
        "Callers of {target_id} no longer hear the announcement {ivr_id}.",
    ),
    # Departments
    "DIALPAD_CREATE_NEW_DEPARTMENT_RECORD": _DEPARTMENT[0],
    "DIALPAD_PATCH_DEPARTMENT_DETAILS_BY_ID": _DEPARTMENT[1],
    "DIALPAD_DELETE_DEPARTMENT_RESOURCE": _DEPARTMENT[2],
    "DIALPAD_ADD_DEPARTMENT_OPERATOR_BY_ID": Sentence(
        "Let {operator_id:who} answer calls of {id}", "{operator_id} now answers calls of {id}."
    ),
    "DIALPAD_DELETE_OPERATOR_FROM_DEPARTMENT": Sentence(
        "Take {operator_id:who} out of {id}", "{operator_id} no longer answers calls of {id}."
    ),
    # Numbers
    "DIALPAD_ASSIGN_FAX_LINE_TO_TARGET": Sentence(
        "Give {target.target_id} a fax line",
        ("Faxes to {number} now reach {target.target_id}.", "{target.target_id} has a fax line now."),
    ),
    "DIALPAD_ASSIGN_PHONE_NUMBER_TO_TARGET": _number_for("{target_id}"),
    "DIALPAD_REASSIGN_PHONE_NUMBER_TO_TARGET": Sentence(
        "Move {number} to {target_id}", "Calls to {number} now reach {target_id}."
    ),
    "DIALPAD_DELETE_NUMBER_VIA_API": Sentence(
        "Delete the number {number}", "Calls to {number} no longer reach anybody here."
    ),
    # Connecting: these go through /dp connect
    "DIALPAD_OAUTH2_AUTHORIZE_ENDPOINT": Sentence("Connect to Dialpad", "You are being connected to Dialpad."),
    "DIALPAD_REDEEM_ACCESS_OR_REFRESH_TOKEN": Sentence("Connect to Dialpad", "You are connected to Dialpad."),
    "DIALPAD_DEAUTHORIZE_OAUTH2_SESSION": Sentence(
        "Disconnect from Dialpad", "You are no longer connected to Dialpad."
    ),
    # Offices
    "DIALPAD_CREATE_SECONDARY_OFFICE": Sentence("Open the office {name}", "The office {name} was opened."),
    "DIALPAD_UPDATE_E911_ADDRESS_FOR_OFFICE": Sentence(
        f"Send emergency services for {{id}} to {_ADDRESS}", f"Emergency services for {{id}} now come to {_ADDRESS}."
    ),
    "DIALPAD_ADD_OPERATOR_TO_OFFICE": Sentence(
        "Let {operator_id:who} answer calls of {id}", "{operator_id} now answers calls of {id}."
    ),
    "DIALPAD_DELETE_OFFICE_OPERATOR_BY_ID": Sentence(
        "Take {operator_id:who} out of {id}", "{operator_id} no longer answers calls of {id}."
    ),
    "DIALPAD_ASSIGN_PHONE_NUMBER_TO_OFFICE": _number_for("{id}"),
    "DIALPAD_UNASSIGN_OFFICE_NUMBER": Sentence("Take {number} from {id}", "Calls to {number} no longer reach {id}."),
    "DIALPAD_UPDATE_OFFICE_HOURS_BY_ID": Sentence(
        "Change the opening hours of {id}", "The opening hours of {id} were changed."
    ),
    # The company, faxes, meetings, scorecards
    "DIALPAD_UPDATE_COMPANY_SETTINGS": Sentence(
        "Switch Ai on calls of everybody in the company", "Ai on calls is set for everybody in the company."
    ),
    "DIALPAD_UPDATE_NUMBER_TAGS": Sentence(
        "Change whether {phone} may be called or texted", "What people may do with {phone} was changed."
    ),
    "DIALPAD_SEND_FAX": Sentence("Fax to {to_number}", "The fax is on its way to {to_number}."),
    "DIALPAD_CREATE_MEETING": Sentence(
        "Schedule the meeting {title} for {user_id:who}", "The meeting {title} is planned, and its guests are told."
    ),
    "DIALPAD_UPDATE_MEETING_BY_ID": Sentence(
        "Change the meeting {title}", "The meeting {title} was changed, and its guests are told."
    ),
    "DIALPAD_DELETE_MEETING_BY_ID": Sentence(
        "Delete the meeting {scheduled_conference_id}", "The meeting {scheduled_conference_id} was called off."
    ),
    "DIALPAD_START_SCORECARD_EXPORT": Sentence(
        ("Export grades of calls and send them to {send_to}", "Export grades of calls"),
        "The grades are being prepared.",
    ),
    # Rooms
    "DIALPAD_CREATE_ROOM_IN_OFFICE_VIA_POST": Sentence(
        "Add the room {name} to {office_id}", "The room {name} is now in {office_id}."
    ),
    "DIALPAD_UPDATE_ROOM_DETAILS": _ROOM[1],
    "DIALPAD_DELETE_ROOM_BY_ID": _ROOM[2],
    "DIALPAD_ASSIGN_PHONE_NUMBER_TO_ROOM": _number_for("{id}"),
    "DIALPAD_UNASSIGN_ROOM_PHONE_NUMBER": Sentence(
        "Take {number} from {id}", "Calls to {number} no longer reach {id}."
    ),
    "DIALPAD_CREATE_PIN_FOR_INTERNATIONAL_ROOM_CALLS": Sentence(
        "Make a PIN for calls abroad from rooms", "With this PIN, rooms can call abroad."
    ),
    "DIALPAD_DELETE_DESKPHONE_IN_ROOM": Sentence(
        "Delete the desk phone {id} of {parent_id}", "The desk phone {id} no longer belongs to {parent_id}."
    ),
    # Scheduled reports
    "DIALPAD_CREATE_SCHEDULE_REPORTS_ENDPOINT": Sentence(
        "Send the report {name} to {endpoint_id} regularly", "The report {name} is now sent to {endpoint_id} regularly."
    ),
    "DIALPAD_UPDATE_SCHEDULE_REPORT_SETTINGS": _REPORT[1],
    "DIALPAD_DELETE_SCHEDULE_REPORT_BY_ID": Sentence(
        "Stop sending the report {id}", "The report {id} is no longer sent."
    ),
    # Texts
    "DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER": Sentence(
        ("Send this text to {to_numbers}", "Send this text"),
        ("The text is on its way to {to_numbers}.", "The text is on its way."),
    ),
    "DIALPAD_SEND_BULK_MESSAGE": Sentence(
        "Send this text to {to_numbers}, each alone", "The text is on its way to {to_numbers}, each alone."
    ),
    "DIALPAD_UPDATE_BULK_MESSAGE_BY_ID": Sentence("Change what the bulk text says", "The bulk text says this now."),
    "DIALPAD_CREATE_SCHEDULED_MESSAGE": Sentence(
        ("Send this text to {to_numbers} later", "Send this text later"),
        ("The text to {to_numbers} waits to be sent.", "The text waits to be sent."),
    ),
    "DIALPAD_UPDATE_SCHEDULED_MESSAGE_BY_ID": Sentence(
        "Change the text that waits to be sent", "The text that waits to be sent was changed."
    ),
    "DIALPAD_DELETE_SCHEDULED_MESSAGE_BY_ID": Sentence(
        "Do not send the text that waits", "The text that waited is not sent."
    ),
    "DIALPAD_SEND_SCHEDULED_MESSAGE_NOW": Sentence(
        "Send the text that waits at once", "The text that waited is on its way now."
    ),
    # Waiting calls and outcomes
    "DIALPAD_ASSIGN_OPERATOR_TO_CALL": Sentence(
        ("Let only {operator_ids} get the waiting call[ of {id}]", "Assign the waiting call[ of {id}]"),
        ("The waiting call[ of {id}] now goes only to {operator_ids}.", "The waiting call[ of {id}] was assigned."),
    ),
    "DIALPAD_UNASSIGN_OPERATOR_FROM_CALL": Sentence(
        ("Take the waiting call[ of {id}] back from {operator_ids}", "Take the waiting call[ of {id}] back"),
        (
            "The waiting call[ of {id}] no longer goes to {operator_ids}.",
            "The waiting call[ of {id}] was taken back.",
        ),
    ),
    "DIALPAD_UNASSIGN_ALL_OPERATORS_FROM_CALL": Sentence(
        "Let the waiting call[ of {id}] go to any operator", "The waiting call[ of {id}] goes to any operator again."
    ),
    "DIALPAD_CREATE_DISPOSITION": Sentence(
        "Add the call outcomes {name} to {office_id}", "Lines of {office_id} can use the call outcomes {name} now."
    ),
    "DIALPAD_UPDATE_DISPOSITION_BY_ID": Sentence(
        "Change the list of outcomes {id}", "The list of call outcomes {id} is as you wrote it now."
    ),
    "DIALPAD_DELETE_DISPOSITION_BY_ID": Sentence(
        "Delete the list of outcomes {id}", "Nobody can choose from the call outcomes {id} any more."
    ),
    # Subscriptions
    "DIALPAD_POST_CALL_EVENT_SUBSCRIPTION": _CALLS[0],
    "DIALPAD_UPDATE_CALL_SUBSCRIPTION_BY_ID": _CALLS[1],
    "DIALPAD_DELETE_CALL_SUBSCRIPTION_BY_ID": _CALLS[2],
    "DIALPAD_CREATE_SMS_EVENT_SUBSCRIPTION": _TEXTS[0],
    "DIALPAD_UPDATE_SMS_SUBSCRIPTION_SETTINGS": _TEXTS[1],
    "DIALPAD_DELETE_SMS_SUBSCRIPTION_BY_ID": _TEXTS[2],
    "DIALPAD_CREATE_AGENT_STATUS_SUBSCRIPTION": _AGENTS[0],
    "DIALPAD_PATCH_AGENT_STATUS_EVENT_SUBSCRIPTION": _AGENTS[1],
    "DIALPAD_DELETE_AGENT_STATUS_BY_ID": _AGENTS[2],
    "DIALPAD_SUBSCRIBE_CONTACT_EVENT": _CONTACTS[0],
    "DIALPAD_UPDATE_CONTACT_SUBSCRIPTION_BY_ID": _CONTACTS[1],
    "DIALPAD_DELETE_SUBSCRIPTION_CONTACT_BY_ID": _CONTACTS[2],
    "DIALPAD_POST_SUBSCRIPTION_CHANGE_LOG_EVENT": _LOG[0],
    "DIALPAD_PATCH_SUBSCRIPTION_CHANGELOG_ENDPOINT": _LOG[1],
    "DIALPAD_DELETE_SUBSCRIPTION_CHANGELOG_BY_ID": _LOG[2],
    "DIALPAD_CREATE_CHANNEL_SUBSCRIPTION": _CHANNEL_MESSAGES[0],
    "DIALPAD_UPDATE_CHANNEL_SUBSCRIPTION_BY_ID": _CHANNEL_MESSAGES[1],
    "DIALPAD_DELETE_CHANNEL_SUBSCRIPTION_BY_ID": _CHANNEL_MESSAGES[2],
    "DIALPAD_CREATE_FAX_SUBSCRIPTION": _FAXES[0],
    "DIALPAD_UPDATE_FAX_SUBSCRIPTION_BY_ID": _FAXES[1],
    "DIALPAD_DELETE_FAX_SUBSCRIPTION_BY_ID": _FAXES[2],
    # People
    "DIALPAD_CREATE_USER_WITH_AUTO_ASSIGN": Sentence(
        ("Give {first_name} {last_name} ({email}) a Dialpad account", "Give {email} a Dialpad account"),
        (
            "{first_name} {last_name} now has a Dialpad account in {office_id}.",
            "{email} now has a Dialpad account in {office_id}.",
        ),
    ),
    "DIALPAD_UPDATE_USER_INFORMATION_BY_ID": Sentence(
        "Change {id:whose} Dialpad account", "{id:whose} Dialpad account was changed."
    ),
    "DIALPAD_DELETE_USER_BY_ID": Sentence("Delete {id:whose} Dialpad account", "{id} no longer has a Dialpad account."),
    "DIALPAD_MOVE_USER_TO_SPECIFIED_OFFICE": Sentence("Move {id:who} to {office_id}", "{id:is} now in {office_id}."),
    "DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS": Sentence(
        "Turn do not disturb [do_not_disturb=on|on][do_not_disturb=off|off] for {id:who}[ in {group_id}]",
        "Do not disturb is now [do_not_disturb=on|on][do_not_disturb=off|off] for {id:who}[ in {group_id}].",
    ),
    "DIALPAD_PATCH_USER_STATUS": Sentence(
        ("Set {id:whose} status to “{status_message}”", "Clear {id:whose} status"),
        ("{id:whose} status is now “{status_message}”.", "{id:whose} status was cleared."),
    ),
    "DIALPAD_PATCH_USER_ACTIVE_CALL_RECORDING": Sentence(
        "Change the recording of {id:whose} call",
        "{id:whose} call [is_recording=yes|is being recorded now][is_recording=no|is no longer recorded]"
        "[is_recording=|is recorded as before].",
    ),
    "DIALPAD_TOGGLE_VI_CALL_FOR_USER_BY_ID": Sentence(
        "Change Ai for {id:whose} call",
        "Ai [enable_vi=yes|now listens to][enable_vi=no|no longer listens to][enable_vi=|is as before in] "
        "{id:whose} call.",
    ),
    "DIALPAD_SET_USER_CALLER_ID_BY_ID": Sentence(
        "Let {id:whose} calls show {caller_id}", "{id:whose} calls now show {caller_id}."
    ),
    "DIALPAD_INITIATE_USER_CALL_WITH_GROUP_OPTIONS": Sentence(
        "Call {phone_number} in {id:whose} app", "{id:whose} app is calling {phone_number}."
    ),
    "DIALPAD_POST_USERS_SCREENPOP_URI": Sentence(
        "Open a page for {id:who}", "The page opens in {id:whose} Dialpad app."
    ),
    "DIALPAD_ASSIGN_PHONE_NUMBER_TO_USER": _number_for("{id}"),
    "DIALPAD_UNASSIGN_USER_PHONE_NUMBER": Sentence(
        "Take {number} from {id:who}", "Calls to {number} no longer reach {id:who}."
    ),
    "DIALPAD_DELETE_DESKPHONE_BY_USER_ID": Sentence(
        "Delete {parent_id:whose} desk phone {id}", "{parent_id} no longer has the desk phone {id}."
    ),
    "DIALPAD_UPDATE_E911_ADDRESS_FOR_USER": Sentence(
        f"Send emergency services for {{id:who}} to {_ADDRESS}",
        f"Emergency services for {{id:who}} now come to {_ADDRESS}.",
    ),
    # Webhooks and websockets
    "DIALPAD_CREATE_WEBHOOK_POST_ENDPOINT": Sentence(
        "Create the webhook {hook_url}", "Events can now be sent to {hook_url}."
    ),
    "DIALPAD_MODIFY_WEBHOOK_CONFIGURATION": Sentence(
        ("Let the webhook lead to {hook_url}", "Change the webhook {id}"),
        ("The webhook now leads to {hook_url}.", "The webhook {id} was changed."),
    ),
    "DIALPAD_DELETE_WEBHOOK_BY_ID": Sentence("Delete the webhook {id}", "No events are sent to {id} any more."),
    "DIALPAD_POST_WEBSOCKET_CONNECTION_SECRET": Sentence(
        "Create a websocket", "Events can now be read from a websocket."
    ),
    "DIALPAD_PATCH_WEBSOCKET_SIGNATURE_SECRET": Sentence(
        "Change the secret of the websocket {id}", "The websocket {id} has a new secret."
    ),
    "DIALPAD_DELETE_WEBSOCKET_CONNECTION_BY_ID": Sentence(
        "Delete the websocket {id}", "The websocket {id} carries no events any more."
    ),
}
"""What is said about each action, by its slug."""
