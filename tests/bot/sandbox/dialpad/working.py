"""For each of Dialpad's actions a request that works in a fresh sandbox: the table other tests are driven by."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.cast import ANA
from bot.sandbox.dialpad.model import Call
from tests.bot.sandbox.dialpad.known import AMARA, JORDAN, REDIRECT, STRANGER, Known

ROUTING = {"action": "voicemail", "try_dial_operators": True}
E911 = {"address": "1 Pier", "city": "San Francisco", "state": "CA", "zip": "94111", "country": "us"}
BILLED = {
    "address_line_1": "1 Pier",
    "city": "San Francisco",
    "region": "CA",
    "postal_code": "94111",
    "country": "US",
}
MP3 = base64.b64encode(b"ID3\x04 a greeting").decode()
REPORT = {"name": "Noon", "at": 12, "frequency": "weekly", "on_day": 4, "report_type": "recordings"}


@dataclass(frozen=True)
class Given:
    """Arguments: what goes into the path, the query and the body. ``body`` None sends none."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None


Working = Callable[[Known], Given]


def alone(_: Known) -> Given:
    return Given()


def by_id(name: str, /, **body: Any) -> Working:
    """The path's {id} is what ``Known`` calls so."""
    return lambda known: Given({"id": getattr(known, name)}, body=body or None)


def sending(**body: Any) -> Working:
    return lambda _: Given(body=body)


def subscription(word: str, body: dict[str, Any] | None = None, **content: Any) -> Working:
    return lambda known: Given({"id": known.subscription(word, **content)}, body=body)


def on_endpoint(**body: Any) -> Working:
    return lambda known: Given(body={**body, "endpoint_id": known.webhook})


def around(call: Call) -> dict[str, int]:
    """The bounds of a day in which this call is."""
    began = round(call.started.timestamp() * 1000)
    return {"started_after": began - 1, "started_before": began + 24 * 3600 * 1000}


POLICIES: dict[str, Working] = {
    "GET /accesscontrolpolicies": alone,
    "POST /accesscontrolpolicies": lambda known: Given(
        body={"name": "Greeters", "owner_id": known.priya, "permission_sets": ["cc_call_settings_write"]}
    ),
    "DELETE /accesscontrolpolicies/{id}": by_id("policy"),
    "GET /accesscontrolpolicies/{id}": by_id("policy"),
    "PATCH /accesscontrolpolicies/{id}": by_id("policy", description="Who plans"),
    "POST /accesscontrolpolicies/{id}/assign": lambda known: Given(
        {"id": known.policy},
        body={"user_id": known.sam, "target_id": known.sales, "target_type": "callcenter"},
    ),
    "GET /accesscontrolpolicies/{id}/assignments": by_id("policy"),
    "POST /accesscontrolpolicies/{id}/unassign": lambda known: Given(
        {"id": known.policy}, body={"user_id": known.sam, "unassign_all": True}
    ),
    "GET /app/settings": lambda known: Given(query={"target_type": "office", "target_id": known.office}),
}
CALLS: dict[str, Working] = {
    "GET /blockednumbers": alone,
    "POST /blockednumbers/add": sending(numbers=[STRANGER]),
    "POST /blockednumbers/remove": sending(numbers=[STRANGER]),
    "GET /blockednumbers/{number}": lambda known: Given({"number": known.blocked}),
    "GET /call": lambda known: Given(query={**around(known.past_call), "target_type": "user", "target_id": known.ana}),
    "POST /call": lambda known: Given(body={"user_id": known.ana, "phone_number": JORDAN}),
    "POST /call/initiate_ivr_call": lambda known: Given(
        body={"target_id": known.support, "target_type": "callcenter", "phone_number": JORDAN}
    ),
    "GET /call/{id}": lambda known: Given({"id": known.past_call.id}),
    "PUT /call/{id}/actions/hangup": by_id("live_call"),
    "PUT /call/{id}/labels": by_id("live_call", labels=["Order"]),
    "POST /call/{id}/participants/add": by_id("live_call", participant={"number": AMARA}),
    "POST /call/{id}/transfer": by_id("live_call", to={"number": AMARA}),
    "POST /call/{id}/unpark": lambda known: Given({"id": known.parked_call}, body={"user_id": known.ana}),
    "POST /callback": lambda known: Given(body={"call_center_id": known.support, "phone_number": AMARA}),
    "POST /callback/validate": lambda known: Given(body={"call_center_id": known.support, "phone_number": AMARA}),
    "GET /calllabels": lambda _: Given(query={"limit": 3}),
    "POST /callreviewsharelink": lambda known: Given(body={"call_id": known.past_call.id, "privacy": "company"}),
    "DELETE /callreviewsharelink/{id}": by_id("review_link"),
    "GET /callreviewsharelink/{id}": by_id("review_link"),
    "PUT /callreviewsharelink/{id}": by_id("review_link", privacy="public"),
    "POST /recordingsharelink": lambda known: Given(
        body={"recording_id": known.recording, "recording_type": "callrecording"}
    ),
    "DELETE /recordingsharelink/{id}": by_id("recording_link"),
    "GET /recordingsharelink/{id}": by_id("recording_link"),
    "PUT /recordingsharelink/{id}": by_id("recording_link", privacy="admin"),
    "GET /transcripts/{call_id}": lambda known: Given({"call_id": known.past_call.id}),
    "GET /transcripts/{call_id}/url": lambda known: Given({"call_id": known.past_call.id}),
}
GROUPS: dict[str, Working] = {
    "GET /callcenters": lambda known: Given(query={"office_id": known.office, "name_search": "s"}),
    "POST /callcenters": lambda known: Given(body={"name": "Returns", "office_id": known.office}),
    "GET /callcenters/operators/{id}/dutystatus": by_id("ana"),
    "PATCH /callcenters/operators/{id}/dutystatus": by_id("ana", on_duty=False),
    "GET /callcenters/{call_center_id}/operators/{user_id}/skill": lambda known: Given(
        {"call_center_id": known.support, "user_id": known.ana}
    ),
    "PATCH /callcenters/{call_center_id}/operators/{user_id}/skill": lambda known: Given(
        {"call_center_id": known.support, "user_id": known.ana}, body={"skill_level": 70}
    ),
    "DELETE /callcenters/{id}": by_id("sales"),
    "GET /callcenters/{id}": by_id("support"),
    "PATCH /callcenters/{id}": by_id("support", ring_seconds=20),
    "DELETE /callcenters/{id}/operators": lambda known: Given({"id": known.support}, body={"user_id": known.noor}),
    "GET /callcenters/{id}/operators": by_id("support"),
    "POST /callcenters/{id}/operators": lambda known: Given({"id": known.support}, body={"user_id": known.leo}),
    "GET /callcenters/{id}/status": by_id("support"),
    "GET /callrouters": lambda known: Given(query={"office_id": known.office}),
    "POST /callrouters": lambda known: Given(
        body={
            "name": "Nights",
            "office_id": known.office,
            "routing_url": "https://routing.example/nights",
            "default_target_id": known.support,
            "default_target_type": "callcenter",
        }
    ),
    "DELETE /callrouters/{id}": by_id("router"),
    "GET /callrouters/{id}": by_id("router"),
    "PATCH /callrouters/{id}": by_id("router", enabled=False),
    "POST /callrouters/{id}/assign_number": by_id("router", area_code="415"),
    "GET /departments": lambda known: Given(query={"office_id": known.office, "name_search": "b"}),
    "POST /departments": lambda known: Given(body={"name": "Purchasing", "office_id": known.office}),
    "DELETE /departments/{id}": by_id("billing"),
    "GET /departments/{id}": by_id("billing"),
    "PATCH /departments/{id}": by_id("billing", ring_seconds=20),
    "DELETE /departments/{id}/operators": lambda known: Given(
        {"id": known.billing}, body={"operator_id": known.leo, "operator_type": "user"}
    ),
    "GET /departments/{id}/operators": by_id("billing"),
    "POST /departments/{id}/operators": lambda known: Given(
        {"id": known.billing}, body={"operator_id": known.room, "operator_type": "room"}
    ),
}
TALK: dict[str, Working] = {
    "GET /channels": lambda _: Given(query={"state": "active"}),
    "POST /channels": lambda known: Given(
        body={"name": "fleet", "description": "Trucks", "privacy_type": "public", "user_id": known.ana}
    ),
    "DELETE /channels/{id}": by_id("channel"),
    "GET /channels/{id}": by_id("channel"),
    "DELETE /channels/{id}/members": lambda known: Given({"id": known.channel}, body={"user_id": known.leo}),
    "GET /channels/{id}/members": by_id("channel"),
    "POST /channels/{id}/members": lambda known: Given({"id": known.channel}, body={"user_id": known.priya}),
    "GET /coachingteams": alone,
    "GET /coachingteams/{id}": by_id("team"),
    "GET /coachingteams/{id}/members": by_id("team"),
    "POST /coachingteams/{id}/members": lambda known: Given(
        {"id": known.team}, body={"member_id": str(known.leo), "role": "trainee"}
    ),
    "GET /conference/meetings": lambda known: Given(query={"room_id": str(known.meeting_room)}),
    "GET /conference/rooms": alone,
    "GET /contacts": lambda _: Given(query={"include_local": True}),
    "POST /contacts": sending(first_name="Robin", last_name="Vale"),
    "PUT /contacts": sending(uid="crm-7", first_name="Robin", last_name="Vale"),
    "DELETE /contacts/{id}": by_id("contact"),
    "GET /contacts/{id}": by_id("contact"),
    "PATCH /contacts/{id}": by_id("contact", job_title="Buyer"),
    "GET /customivrs": lambda known: Given(query={"target_id": known.support, "target_type": "callcenter"}),
    "POST /customivrs": lambda known: Given(
        body={"file": MP3, "ivr_type": "CLOSED", "target_id": known.support, "target_type": "callcenter"}
    ),
    "PATCH /customivrs/{ivr_id}": lambda known: Given({"ivr_id": known.greeting}, body={"name": "Warm greeting"}),
    "DELETE /customivrs/{target_type}/{target_id}/{ivr_type}": lambda known: Given(
        {"target_type": "callcenter", "target_id": known.support, "ivr_type": "GREETING"},
        body={"ivr_id": known.greeting},
    ),
    "PATCH /customivrs/{target_type}/{target_id}/{ivr_type}": lambda known: Given(
        {"target_type": "callcenter", "target_id": known.support, "ivr_type": "GREETING"},
        body={"ivr_id": known.greeting},
    ),
    "POST /sms": lambda known: Given(body={"user_id": known.ana, "to_numbers": [AMARA], "text": "Hi"}),
}
COMPANY: dict[str, Working] = {
    "GET /company": alone,
    "GET /company/{id}/smsoptout": lambda known: Given({"id": known.company_id}, {"opt_out_state": "opted_out"}),
    "POST /faxline": lambda known: Given(
        body={
            "line": {"type": "reserved", "number": known.free_number},
            "target": {"target_id": known.billing, "target_type": "department"},
        }
    ),
    "GET /numbers": lambda _: Given(query={"status": "available"}),
    "POST /numbers/assign": lambda known: Given(body={"target_id": known.noor, "target_type": "user"}),
    "POST /numbers/format": lambda _: Given(query={"number": "(415) 555-0150", "country_code": "us"}),
    "DELETE /numbers/{number}": lambda known: Given({"number": known.free_number}, {"release": True}),
    "GET /numbers/{number}": lambda known: Given({"number": known.free_number}),
    "POST /numbers/{number}/assign": lambda known: Given(
        {"number": known.free_number}, body={"target_id": known.room, "target_type": "room"}
    ),
    "GET /offices": lambda _: Given(query={"active_only": True}),
    "POST /offices": sending(
        name="Northlight Oakland",
        country="US",
        currency="USD",
        invoiced=False,
        plan_period="monthly",
        unified_billing=True,
        annual_commit_monthly_billing=False,
        billing_address=BILLED,
    ),
    "GET /offices/{id}": by_id("office"),
    "POST /offices/{id}/assign_number": by_id("office", area_code="415"),
    "GET /offices/{id}/e911": by_id("office"),
    "PUT /offices/{id}/e911": by_id("office", **E911),
    "GET /offices/{id}/offdutystatuses": by_id("office"),
    "DELETE /offices/{id}/operators": lambda known: Given(
        {"id": known.office}, body={"operator_id": known.leo, "operator_type": "user"}
    ),
    "GET /offices/{id}/operators": by_id("office"),
    "POST /offices/{id}/operators": lambda known: Given(
        {"id": known.office}, body={"operator_id": known.room, "operator_type": "room"}
    ),
    "POST /offices/{id}/unassign_number": by_id("office", number="+14155550100"),
    "GET /offices/{office_id}/available_licenses": lambda known: Given({"office_id": known.office}),
    "GET /offices/{office_id}/callcenters": lambda known: Given({"office_id": known.office}),
    "GET /offices/{office_id}/departments": lambda known: Given({"office_id": known.office}),
    "GET /offices/{office_id}/plan": lambda known: Given({"office_id": known.office}),
    "GET /offices/{office_id}/teams": lambda known: Given({"office_id": known.office}),
    "GET /rooms": lambda known: Given(query={"office_id": known.office}),
    "POST /rooms": lambda known: Given(body={"name": "Attic", "office_id": known.office}),
    "POST /rooms/international_pin": sending(customer_ref="Ana"),
    "DELETE /rooms/{id}": by_id("room"),
    "GET /rooms/{id}": by_id("room"),
    "PATCH /rooms/{id}": by_id("room", name="Green Room"),
    "POST /rooms/{id}/assign_number": by_id("room", area_code="415"),
    "POST /rooms/{id}/unassign_number": by_id("room", number="+14155550120"),
    "GET /rooms/{parent_id}/deskphones": lambda known: Given({"parent_id": known.room}),
    "DELETE /rooms/{parent_id}/deskphones/{id}": lambda known: Given(
        {"parent_id": known.room, "id": str(known.room_phone)}
    ),
    "GET /rooms/{parent_id}/deskphones/{id}": lambda known: Given(
        {"parent_id": known.room, "id": str(known.room_phone)}
    ),
}
REPORTS: dict[str, Working] = {
    "GET /schedulereports": alone,
    "POST /schedulereports": on_endpoint(**REPORT),
    "DELETE /schedulereports/{id}": by_id("report"),
    "GET /schedulereports/{id}": by_id("report"),
    "PATCH /schedulereports/{id}": lambda known: Given(
        {"id": known.report}, body={**REPORT, "endpoint_id": known.websocket}
    ),
    "POST /stats": sending(export_type="records", stat_type="calls"),
    "GET /stats/{id}": by_id("stats"),
    "GET /subscriptions/agent_status": alone,
    "POST /subscriptions/agent_status": on_endpoint(agent_type="callcenter"),
    "DELETE /subscriptions/agent_status/{id}": subscription("agent_status", agent_type="callcenter"),
    "GET /subscriptions/agent_status/{id}": subscription("agent_status", agent_type="callcenter"),
    "PATCH /subscriptions/agent_status/{id}": subscription(
        "agent_status", {"agent_type": "callcenter", "enabled": False}, agent_type="callcenter"
    ),
    "GET /subscriptions/call": lambda known: Given(query={"target_type": "callcenter", "target_id": known.support}),
    "POST /subscriptions/call": on_endpoint(call_states=["missed"]),
    "DELETE /subscriptions/call/{id}": subscription("call", call_states=["missed"]),
    "GET /subscriptions/call/{id}": subscription("call", call_states=["missed"]),
    "PATCH /subscriptions/call/{id}": subscription("call", {"enabled": False}, call_states=["missed"]),
    "GET /subscriptions/changelog": alone,
    "POST /subscriptions/changelog": on_endpoint(),
    "DELETE /subscriptions/changelog/{id}": subscription("changelog"),
    "GET /subscriptions/changelog/{id}": subscription("changelog"),
    "PATCH /subscriptions/changelog/{id}": subscription("changelog", {"enabled": False}),
    "GET /subscriptions/contact": alone,
    "POST /subscriptions/contact": on_endpoint(contact_type="shared"),
    "DELETE /subscriptions/contact/{id}": subscription("contact", contact_type="shared"),
    "GET /subscriptions/contact/{id}": subscription("contact", contact_type="shared"),
    "PATCH /subscriptions/contact/{id}": subscription("contact", {"contact_type": "local"}, contact_type="shared"),
    "GET /subscriptions/sms": lambda known: Given(query={"target_type": "callcenter", "target_id": known.support}),
    "POST /subscriptions/sms": on_endpoint(direction="all"),
    "DELETE /subscriptions/sms/{id}": subscription("sms", direction="all"),
    "GET /subscriptions/sms/{id}": subscription("sms", direction="all"),
    "PATCH /subscriptions/sms/{id}": subscription("sms", {"direction": "inbound"}, direction="all"),
    "GET /webhooks": alone,
    "POST /webhooks": sending(hook_url="https://bot.example/hook"),
    "DELETE /webhooks/{id}": by_id("webhook"),
    "GET /webhooks/{id}": by_id("webhook"),
    "PATCH /webhooks/{id}": by_id("webhook", secret="two"),
    "GET /websockets": alone,
    "POST /websockets": sending(secret="one"),
    "DELETE /websockets/{id}": by_id("websocket"),
    "GET /websockets/{id}": by_id("websocket"),
    "PATCH /websockets/{id}": by_id("websocket", secret="two"),
}
USERS: dict[str, Working] = {
    "GET /userdevices": lambda known: Given(query={"user_id": str(known.ana)}),
    "GET /userdevices/{id}": by_id("ana_device"),
    "GET /users": lambda _: Given(
        query={"state": "active", "company_admin": True, "email": "priya@northlight.example", "number": "+14155550113"}
    ),
    "POST /users": lambda known: Given(body={"email": "robin@northlight.example", "office_id": known.office}),
    "DELETE /users/{id}": by_id("noor"),
    "GET /users/{id}": by_id("ana"),
    "PATCH /users/{id}": by_id("ana", job_title="Support lead"),
    "PATCH /users/{id}/activecall": lambda known: Given(
        {"id": known.live_call and known.ana}, body={"is_recording": True}
    ),
    "POST /users/{id}/assign_number": by_id("noor", area_code="415"),
    "GET /users/{id}/caller_id": by_id("ana"),
    "POST /users/{id}/caller_id": by_id("ana", caller_id="blocked"),
    "GET /users/{id}/e911": by_id("ana"),
    "PUT /users/{id}/e911": by_id("ana", **E911),
    "POST /users/{id}/initiate_call": by_id("ana", phone_number=JORDAN),
    "PATCH /users/{id}/move_office": lambda known: Given({"id": known.ana}, body={"office_id": known.office}),
    "GET /users/{id}/personas": by_id("ana"),
    "POST /users/{id}/screenpop": by_id("ana", screen_pop_uri="https://crm.example/7"),
    "PATCH /users/{id}/status": by_id("ana", status_message="Back at two"),
    "PATCH /users/{id}/togglednd": by_id("ana", do_not_disturb=True),
    "PATCH /users/{id}/togglevi": lambda known: Given({"id": known.live_call and known.ana}, body={"enable_vi": False}),
    "POST /users/{id}/unassign_number": by_id("noor", number="+14155550114"),
    "GET /users/{parent_id}/deskphones": lambda known: Given({"parent_id": known.ana}),
    "DELETE /users/{parent_id}/deskphones/{id}": lambda known: Given(
        {"parent_id": known.ana, "id": str(known.ana_phone)}
    ),
    "GET /users/{parent_id}/deskphones/{id}": lambda known: Given({"parent_id": known.ana, "id": str(known.ana_phone)}),
}
CALL_WORK: dict[str, Working] = {
    "GET /call/{id}/ai_recap": lambda known: Given({"id": known.summarised_call}, {"summary_format": "short"}),
    "POST /call/{id}/assign": lambda known: Given({"id": known.queued_call}, body={"operator_ids": [known.ana]}),
    "GET /call/{id}/assigned": by_id("queued_call"),
    "POST /call/{id}/unassign": lambda known: Given({"id": known.queued_call}, body={"operator_ids": [known.ana]}),
    "POST /call/{id}/unassign/all": by_id("queued_call"),
    "GET /dispositions": lambda known: Given(query={"target_type": "callcenter", "target_id": known.support}),
    "POST /dispositions": lambda known: Given(
        body={"name": "Sales outcomes", "office_id": known.office, "dispositions": {"Won": {"~usage": "everything"}}}
    ),
    "DELETE /dispositions/{id}": by_id("outcomes"),
    "GET /dispositions/{id}": by_id("outcomes"),
    "PATCH /dispositions/{id}": lambda known: Given(
        {"id": known.outcomes}, body={"action": "add_target", "target_type": "callcenter", "target_id": known.sales}
    ),
}
OWN_TEXTS: dict[str, Working] = {
    "GET /message/bulk": lambda known: Given(body={"user_id": known.ana}),
    "POST /message/bulk": lambda known: Given(
        body={"user_id": known.ana, "from_number": ANA.phone, "to_numbers": [AMARA, JORDAN], "text": "Hi"}
    ),
    "GET /message/bulk/{id}": lambda known: Given({"id": known.bulk_text}, body={"user_id": known.ana}),
    "PATCH /message/bulk/{id}": lambda known: Given({"id": known.bulk_text}, body={"user_id": known.ana, "text": "Ho"}),
    "GET /message/schedule": lambda known: Given(body={"user_id": known.ana}),
    "POST /message/schedule": lambda known: Given(
        body={"user_id": known.ana, "to_numbers": [AMARA], "text": "Hi", "start_date": known.in_minutes(30)}
    ),
    "DELETE /message/schedule/{id}": lambda known: Given({"id": known.scheduled_text}, body={"user_id": known.ana}),
    "GET /message/schedule/{id}": lambda known: Given({"id": known.scheduled_text}, body={"user_id": known.ana}),
    "PATCH /message/schedule/{id}": lambda known: Given(
        {"id": known.scheduled_text}, body={"user_id": known.ana, "text": "Ho"}
    ),
    "POST /message/schedule/{id}/send": lambda known: Given({"id": known.scheduled_text}, body={"user_id": known.ana}),
}
OAUTH: dict[str, Working] = {
    "GET /oauth2/authorize": lambda _: Given(query={"client_id": "northlight", "redirect_uri": REDIRECT}),
    "POST /oauth2/deauthorize": alone,
    "POST /oauth2/token": lambda known: Given(
        body={
            "grant_type": "refresh_token",
            "refresh_token": known.refresh_token,
            "client_id": "northlight",
            "client_secret": "app-secret",
        }
    ),
}
DESK: dict[str, Working] = {
    "GET /agent-groups/{id}": by_id("agent_group"),
    "PUT /company/settings": lambda _: Given(query={"has_callai": False}),
    "GET /digital/sessionsdata": lambda known: Given(
        query={**known.span("_date"), "target_type": "callcenter", "target_id": known.support}
    ),
    "POST /fax": lambda known: Given(body={"to_number": AMARA, "user_id": known.ana}),
    "GET /meetings": lambda known: Given(query={"user_id": known.priya, "start_datetime": known.hour_ago}),
    "POST /meetings": lambda known: Given(body={**known.meeting_body, "meeting_type": "PERSONAL"}),
    "DELETE /meetings/{scheduled_conference_id}": lambda known: Given({"scheduled_conference_id": known.planned}),
    "GET /meetings/{scheduled_conference_id}": lambda known: Given({"scheduled_conference_id": known.planned}),
    "PUT /meetings/{scheduled_conference_id}": lambda known: Given(
        {"scheduled_conference_id": known.planned}, body=known.meeting_body
    ),
    "PATCH /numbers/tags": sending(phone=AMARA, do_not_text=True),
    "GET /offices/primary": alone,
    "PATCH /offices/{id}": by_id("office", hours_on=True, monday_hours=["09:00", "17:00"]),
    "GET /scorecards": lambda known: Given(query={"target_type": "callcenter", "target_id": known.support}),
    "GET /scorecards/{id}": by_id("scorecard"),
    "POST /scorecards/export": sending(scorecards_type="scorecard_export_calls"),
    "GET /scorecards/export/{id}": by_id("scorecard_export"),
    "GET /subscriptions/channel": alone,
    "POST /subscriptions/channel": lambda known: Given(
        body={"endpoint_id": known.webhook, "direction": "all", "target_id": known.channel}
    ),
    "DELETE /subscriptions/channel/{id}": lambda known: Given({"id": known.channel_subscription}),
    "GET /subscriptions/channel/{id}": lambda known: Given({"id": known.channel_subscription}),
    "PATCH /subscriptions/channel/{id}": lambda known: Given(
        {"id": known.channel_subscription}, body={"direction": "inbound"}
    ),
    "GET /subscriptions/fax": lambda known: Given(query={"target_type": "department", "target_id": known.billing}),
    "POST /subscriptions/fax": on_endpoint(direction="all", status=True),
    "DELETE /subscriptions/fax/{id}": subscription("fax", direction="all"),
    "GET /subscriptions/fax/{id}": subscription("fax", direction="all"),
    "PATCH /subscriptions/fax/{id}": subscription("fax", {"direction": "inbound"}, direction="all"),
    "GET /wfm/metrics/activity": lambda known: Given(query={**known.span(""), "ids": str(known.ana)}),
    "GET /wfm/metrics/agent": lambda known: Given(query={**known.span(""), "emails": "ana@northlight.example"}),
}
API_ACTIONS = {**POLICIES, **CALLS, **GROUPS, **TALK, **COMPANY, **REPORTS, **USERS, **CALL_WORK, **OWN_TEXTS, **DESK}
ALL_ACTIONS = {**API_ACTIONS, **OAUTH}


def full_path(action: str) -> tuple[str, str]:
    """("GET", "/api/v2/rooms") for "GET /rooms"; OAuth has no version in its paths."""
    method, path = action.split()
    return method, path if path.startswith("/oauth2/") else f"/api/v2{path}"
