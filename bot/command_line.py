"""Dialpad's actions without Slack: listed, run, and their forms shown. ``bot.__main__`` calls these."""

import logging
import sys
from collections.abc import Mapping
from typing import Any, Final, TextIO, cast

from pydantic import SecretStr
from rich.console import Console

from bot.basics.errors import DialpadError, FieldError, TokenRefused, UserError, may_have_been_done
from bot.basics.logs import set_up_logging
from bot.basics.settings import Settings
from bot.basics.words import did_you_mean
from bot.catalogue.answers import route_of
from bot.catalogue.fields import ActionField, fields_of
from bot.catalogue.rates import rate_words
from bot.catalogue.routes import build_routes
from bot.catalogue.validation import validated
from bot.contract.context import Ctx, Where
from bot.contract.reading import Refused
from bot.dialpad.action import IDS_AS_TEXT, SECRETS_SHOWN, Action, Page, Risk, needs_of, wire_name
from bot.dialpad.actions import ALL, by_slug, group_of
from bot.dialpad.actions.oauth2 import RedeemToken
from bot.dialpad.client import DialpadClient
from bot.printing import Output, console_of, write_csv, write_json, write_table
from bot.slack.blockkit.forms import build_form
from bot.slack.conversation.errors import read_trouble
from bot.typed_data import BadInput, read_values

REFUSED: Final = 3
UNKNOWN: Final = 4
INTERRUPTED: Final = 130
_COLUMNS: Final = 7
_MAYBE: Final = "so it may or may not have happened. Check in Dialpad before you do it again."


def named(slug: str) -> type[Action[Any]]:
    """Find the action with this slug, in any case, with or without its prefix. Raises BadInput."""
    for wanted in (slug.upper(), f"DIALPAD_{slug.upper()}"):
        try:
            return by_slug(wanted)
        except KeyError:
            continue
    near = did_you_mean(slug, [action.slug for action in ALL])
    hint = f" Did you mean {' or '.join(near)}?" if near else " `dialpad-chatops actions` lists them."
    raise BadInput(f"There is no action {slug[:60]}.{hint}")


_TEXT_IDS: Final = frozenset(
    f"DIALPAD_{slug}"
    for slug in (
        "DELETE_CALL_ROUTER_BY_ID",
        "DELETE_CONTACT_BY_ID",
        "DELETE_USER_BY_ID",
        "FETCH_USER_DETAILS_BY_ID",
        "GET_USER_CALLER_ID",
        "INITIATE_USER_CALL_WITH_GROUP_OPTIONS",
        "MODIFY_CONTACT_DETAILS_USING_ID",
        "MODIFY_WEBHOOK_CONFIGURATION",
        "MOVE_USER_TO_SPECIFIED_OFFICE",
        "PATCH_AGENT_STATUS_EVENT_SUBSCRIPTION",
        "PATCH_CALL_ROUTER_BY_ID",
        "PATCH_SUBSCRIPTION_CHANGELOG_ENDPOINT",
        "RETRIEVE_CONTACT_BY_ID",
        "RETRIEVE_SCORECARD_BY_ID",
        "RETRIEVE_SMS_OPT_OUT_BY_COMPANY_ID",
        "RETRIEVE_USER_PERSONAS_BY_ID",
        "SET_USER_CALLER_ID_BY_ID",
        "TOGGLE_USER_DO_NOT_DISTURB_STATUS",
        "UPDATE_IVR_DETAILS_BY_ID",
        "UPDATE_USER_INFORMATION_BY_ID",
    )
)
"""Actions whose id in the path Dialpad documents as text; for all others it is a number. The same ids fit both."""


def describe_all() -> list[dict[str, Any]]:
    """Describe every action as JSON, for other tools."""
    return [_describe(action) for action in ALL]


def _describe(action: type[Action[Any]]) -> dict[str, Any]:
    # Trading a code for tokens is the bot's own business in `connect`; nobody is asked for these.
    fields = () if action is RedeemToken else fields_of(action)
    params = {param["json_path"]: param for field in fields for param in _params(action, field)}
    return {
        "slug": action.slug,
        "name": action.name,
        "group": group_of(action),
        "summary": " ".join((action.__doc__ or "").split()),
        "method": action.request.method,
        "path": action.request.path,
        "risk": action.risk.value,
        "company_admin_key": action.company_admin_key,
        "rate_limit": rate_words(action),
        "needs": needs_of(action) or None,
        "params": list(params.values()),
    }


def _params(action: type[Action[Any]], field: ActionField) -> list[dict[str, Any]]:
    def param(path: tuple[str, ...], kind: str, enum: tuple[str, ...], *, required: bool) -> dict[str, Any]:
        if field.place == "path" and action.slug in _TEXT_IDS:
            kind = "string"
        return {
            "name": path[-1], "in": field.place, "json_path": ".".join(path), "type": kind,
            "required": required or path[0] in action.request.placeholders, "enum": list(enum),
        }  # fmt: skip

    if field.one_of:
        return [param(field.one_of, "object", (), required=_needs(action, field.one_of))]
    enum = () if field.kind_path else field.enum
    made = [param(field.path, field.type, enum, required=field.required)]
    if field.kind_path:
        made.insert(0, param(field.kind_path, "string", field.enum, required=field.required))
    return made


def _needs(action: type[Action[Any]], path: tuple[str, ...]) -> bool:
    return (
        any(wire_name(name, info) == path[0] and info.is_required() for name, info in action.model_fields.items())
        and len(path) == 1
    )


def read_data(action: type[Action[Any]], data: str) -> Action[Any]:
    """Build the action from ``--data``. Raises BadInput."""
    values = read_values(data)
    try:
        return validated(action, values)
    except Refused as problem:
        lines = [f"{name or 'data'}: {text}" for name, text in problem.problems.items()]
        raise BadInput("\n".join(lines)) from None
    except FieldError as error:
        raise BadInput(f"{error.field}: {error.text}") from None
    except UserError as error:
        raise BadInput(error.text) from None


def as_sent(action: Action[Any]) -> dict[str, Any]:
    """Return the request as it would be sent, for ``--dry-run``."""
    request = action.build_request()
    return {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "body": None if request.body is None else dict(request.body),
    }


async def call(action: Action[Any], settings: Settings, *, everything: bool) -> dict[str, Any]:
    """Run an action and return Dialpad's answer. Raises BadInput without a key, DialpadError when Dialpad refuses."""
    key = settings.dialpad_api_key
    if key is None or not key.get_secret_value():
        raise BadInput("Set DIALPAD_API_KEY to an API key of your company (Dialpad, Admin Settings, API Keys).")
    if everything and not issubclass(type(action).answer_type(), Page):
        raise BadInput("--all is for lists; this action returns a single item.")
    client = DialpadClient(settings.dialpad_base_url)
    try:
        if everything:
            return await _collect(client, action, key)
        return plain(await client.send(action, token=key), reveal=bool(action.reveals))
    finally:
        await client.aclose()


async def _collect(client: DialpadClient, action: Action[Any], key: SecretStr) -> dict[str, Any]:
    items: list[Any] = []
    with Console(stderr=True).status("Fetching…") as status:
        pages = client.pages(action, token=key, background=True)
        count = 0
        async for page in pages:
            items += plain(page).get("items") or []
            count += 1
            status.update(f"Fetching… {count} pages, {len(items):,} items")
            if not sys.stderr.isatty():
                sys.stderr.write(f"{count} pages, {len(items)} items\n")
    return {"items": items, **({INCOMPLETE: True} if pages.cut_short else {})}


INCOMPLETE: Final = "incomplete"
"""Our own mark on an answer whose pages Dialpad did not all give."""


def plain(answer: Any, *, reveal: bool = False) -> dict[str, Any]:
    """Return an answer as JSON under Dialpad's names, without what Dialpad left out. ``reveal``: with the address that
    the action was run for."""
    context = {IDS_AS_TEXT: True, **({SECRETS_SHOWN: True} if reveal else {})}
    made: dict[str, Any] = answer.model_dump(mode="json", by_alias=True, exclude_unset=True, context=context)
    return made


def may_have_happened(action: type[Action[Any]], problem: DialpadError) -> bool:
    """Tell whether something may have changed although the request failed: nobody may be told to do it again."""
    failed_inside = (problem.status or 0) >= 500
    return action.risk is not Risk.READ and (may_have_been_done(problem) or failed_inside)


def sentence_of(action: type[Action[Any]], problem: DialpadError) -> str:
    """Describe what went wrong, in the words people read in Slack."""
    if isinstance(problem, TokenRefused):
        return "Dialpad did not accept this key. Check DIALPAD_API_KEY."
    if may_have_happened(action, problem):
        return f"Dialpad did not answer properly, {_MAYBE}"
    return read_trouble(problem, reference="", risk=action.risk).text


def interrupted(action: type[Action[Any]]) -> tuple[str, int]:
    """Say what a Ctrl+C means while an action is under way, and return the exit code."""
    if action.risk is Risk.READ:
        return "Interrupted.", INTERRUPTED
    return f"Interrupted before Dialpad answered, {_MAYBE}", UNKNOWN


def show(answer: Mapping[str, Any], out: TextIO, output: Output | None = None) -> None:
    """Print an answer: by default a table on a terminal, JSON in a pipe."""
    output = output or (Output.TABLE if out.isatty() else Output.JSON)
    items = answer.get("items")
    rows = items if isinstance(items, list) and all(isinstance(item, dict) for item in items) else None
    match output:
        case Output.JSON:
            write_json(answer, out)
        case Output.CSV:
            write_csv([answer] if rows is None else rows, out)
        case Output.TABLE if rows:
            write_table(rows, {name: name for name in _columns_of(rows)}, out)
            console_of(out).print(f"{len(rows)} rows", style="dim")
        case _:
            facts = [{"name": name, "value": value} for name, value in answer.items() if name != "items" or value]
            if facts:
                write_table(facts, {"name": "Name", "value": "Value"}, out)
            else:
                console_of(out).print("None." if rows is not None else "Done.")


def what_is_missing(answer: Mapping[str, Any]) -> str:
    """Say that a list is not whole; "" when it is."""
    if answer.get(INCOMPLETE):
        return "Dialpad refused its own cursor partway through: the list is incomplete."
    if "items" in answer and answer.get("cursor"):
        return "This is the first page, and there are more: --all fetches them."
    return ""


def _columns_of(items: list[dict[str, Any]]) -> list[str]:
    counts: dict[str, int] = {}
    for item in items:
        for name, value in item.items():
            if isinstance(value, str | int | float) and value != "":
                counts[name] = counts.get(name, 0) + 1
    first = [name for name in ("id", "call_id", "display_name", "name", "number", "state") if name in counts]
    return [*first, *(name for name in counts if name not in first)][:_COLUMNS]


def show_actions(out: TextIO, output: Output = Output.TABLE) -> None:
    """Print every action, by group."""
    if output is Output.JSON:
        write_json(describe_all(), out)
        return
    ordered = sorted(ALL, key=lambda one: (group_of(one), one.name))
    described = [_describe(action) for action in ordered]
    if output is Output.CSV:
        write_csv([{name: value for name, value in one.items() if name != "params"} for one in described], out)
        return
    write_table(described, {"group": "Group", "name": "Action", "slug": "Slug", "risk": "Risk"}, out)


def slugs_beginning(typed: str) -> list[str]:
    """Return the slugs that begin with what was typed, in its case, and without their prefix where it was left out."""
    if not typed:
        return sorted(one.slug for one in ALL)
    names = [name for one in ALL for name in (one.slug, one.slug.removeprefix("DIALPAD_"))]
    return sorted(said for name in names for said in (name, name.lower()) if said.startswith(typed))


async def form_of(action: type[Action[Any]]) -> dict[str, Any]:
    """Build an action's empty form as Slack gets it."""
    route = next(route for route in build_routes() if route.id == route_of(action))
    nobody = cast(Ctx, None)  # an empty form has no names to look up
    return await build_form(nobody, route, {}, where=Where())


def keep_quiet() -> None:
    """Log warnings only, to stderr: stdout belongs to the answer."""
    set_up_logging("console", level=logging.WARNING)
