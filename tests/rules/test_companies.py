"""Nothing of one Dialpad company is seen or changed by another: no query of the store leaves the company out."""

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Row, and_, delete, insert, select, update

from bot.basics.company import CompanyKey
from bot.store import (
    approvals,
    audit,
    bulk,
    card_rows,
    cards,
    connection_requests,
    directory,
    histories,
    hooks,
    postings,
    role_policies,
    rosters,
    subscription_changes,
    subscriptions,
)
from bot.store.schema import Everywhere, company_values, everywhere, metadata, within
from bot.store.table_rules import Goes, all_tables, rules_of
from tests.company_queries import OF_NOBODY, company_tables, reaches_others

STORE: Final = Path("bot/store")
OURS: Final = CompanyKey("T0NORTHLT", "6100")
CLASSES: Final = (
    approvals.Approvals,
    audit.Audit,
    bulk.BulkJobs,
    cards.Cards,
    connection_requests.ConnectionRequests,
    directory.StoredDirectory,
    histories.Histories,
    hooks.Hooks,
    postings.Postings,
    role_policies.RolePolicies,
    rosters.Rosters,
    subscription_changes.SubscriptionChanges,
    subscriptions.Subscriptions,
)

CROSSING: Final = {
    "cards._whose": {"WHOSE"},
    "agenda.read_agenda": {"DUE"},
    "alerts.due": {"DUE"},
    "audit.last_actions": {"OWN"},
    "audit.recent_of_all": {"OPERATOR"},
    "audit_chain._links": {"OPERATOR"},
    "audit_chain.chain_waiting": {"OPERATOR"},
    "audit_chain.check_chains": {"OPERATOR"},
    "audit_chain.prune": {"EXPIRED"},
    "backlog.read_backlog": {"OPERATOR"},
    "channels._move_postings": {"SLACK"},
    "channels.renamed": {"SLACK"},
    "connection_requests.add": {"OWN"},
    "connection_requests.asked": {"WHOSE"},
    "departures._delete_what_goes_with": {"LEAVING"},
    "departures._forget_hooks": {"LEAVING"},
    "departures._owned": {"LEAVING"},
    "departures.forget_late_entries": {"LEAVING"},
    "departures.forget_workspace": {"LEAVING"},
    "departures.leave": {"LEAVING"},
    "departures.would_end": {"LEAVING"},
    "directory.interrupted": {"DUE"},
    "directory_sweep._delete_all": {"EXPIRED"},
    "directory_sweep._is_gone": {"EXPIRED"},
    "directory_sweep._lists_in": {"EXPIRED"},
    "events.parked": {"OPERATOR"},
    "histories.adopt": {"OPERATOR"},
    "histories._is_stale": {"DUE"},
    "histories.redraw_stale": {"DUE"},
    "postings.redraw_timed": {"DUE", "POSTER"},
    "hooks.all": {"LISTENING"},
    "hooks.get": {"HOOK"},
    "hooks.heard": {"HOOK"},
    "hooks.note": {"HOOK"},
    "hooks.remove": {"HOOK"},
    "hooks.unheard": {"LISTENING"},
    "integrity._check_table": {"OPERATOR"},
    "integrity._count_orphans": {"OPERATOR"},
    "integrity._count_sealed_for_good": {"OPERATOR"},
    "postings._change": {"POSTER"},
    "postings._move": {"POSTER"},
    "postings._settle": {"POSTER"},
    "postings.clock_went_back": {"DUE"},
    "postings.drop": {"POSTER"},
    "postings.due": {"DUE"},
    "postings.due_places": {"DUE"},
    "postings.due_escalations": {"DUE"},
    "postings.next_due": {"DUE"},
    "purge._delete_these": {"EXPIRED"},
    "purge._some": {"EXPIRED"},
    "purge._wipe": {"EXPIRED"},
    "role_policies.are_none": {"WHOSE"},
    "rosters.due": {"DUE"},
    "rotate._count_unreadable": {"KEYS"},
    "rotate._reseal": {"KEYS"},
    "rotate._stale": {"KEYS"},
    "subscriptions._placed": {"OWN"},
    "subscriptions.of_all": {"OPERATOR"},
    "subscriptions.due_digest": {"DUE"},
    "subscriptions.in_channel": {"SLACK"},
    "subscriptions.keeping": {"SLACK"},
    "subscriptions.owned": {"OWN"},
    "subscriptions.troubled": {"OPERATOR"},
    "subscriptions.whose": {"WHOSE"},
    "transfer._chunks": {"OPERATOR"},
    "transfer._copy": {"OPERATOR"},
    "transfer._count": {"OPERATOR"},
    "transfer._count_on": {"OPERATOR"},
    "transfer.copy_tables": {"OPERATOR"},
    "events.still_waiting": {"HOOK"},
}
"""Every function whose query crosses companies, and why. Who adds one has thought about who sees what it finds."""

ENDS_WITH_THE_COMPANY: Final = "a person's own, deleted when they move to another company"
OF_NO_COMPANY: Final = {
    "confirmations": ENDS_WITH_THE_COMPANY,
    "connect_links": ENDS_WITH_THE_COMPANY,
    "oauth_states": ENDS_WITH_THE_COMPANY,
    "kept": ENDS_WITH_THE_COMPANY,
    "links": ENDS_WITH_THE_COMPANY,
    "remembered": "a person's own, from before they were connected to any company",
    "preferences": "a person's own choices, and ids of calls they made, which are asked for as themselves",
    "events": "of the company of the hook it came through",
    "gaps": "of the company of the hook that was not heard",
    "inbox": "what Slack sent, read when it is run, as the person who sent it",
    "installations": "an installation of the app in Slack",
    "guests": "a workspace in Slack",
    "directory_words": "keys of a list's entries: the entries, which name their company, are asked for with them",
    "request_turns": "counts requests of a company, or of one of its people",
    "processes": "a process of the bot",
    "audit_chains": "both ends of the chain of a workspace's audit: numbers and hashes",
    "leases": "a process of the bot",
}
"""Tables without a company. Who adds one has thought about who sees its rows."""

NEEDS_NONE: Final = {
    "Audit.record": "of the person who did it, whose company the statement looks up",
    "Audit.write": "what was built, whose company the statement looks up",
    "Audit.flush": "what was recorded",
    "Audit.chain": CROSSING["audit_chain.chain_waiting"],
    "Audit.recent_of_all": CROSSING["audit.recent_of_all"],
    "RolePolicies.are_none": CROSSING["role_policies.are_none"],
    "Audit.last_actions": CROSSING["audit.last_actions"],
    "Audit.aclose": "what was recorded",
    "Cards.whose": CROSSING["cards._whose"],
    "Cards.whose_at": CROSSING["cards._whose"],
    "ConnectionRequests.add": "of the account that waits, which names its company",
    "ConnectionRequests.acting_as": "Dialpad's id of a person is of one company",
    "StoredDirectory.interrupted": CROSSING["directory.interrupted"],
    "StoredDirectory.sweep": CROSSING["directory_sweep._delete_all"],
    "Histories.of_card": "of the company that the card names",
    "Histories.adopt": CROSSING["histories.adopt"],
    "Histories.adopt_one": "of the company that the card names",
    "Postings.attempt": CROSSING["postings._change"],
    "Postings.attempt_update": CROSSING["postings._change"],
    "Postings.take_interrupted": CROSSING["postings._change"],
    "Postings.clock_went_back": CROSSING["postings.clock_went_back"],
    "Postings.count_try": CROSSING["postings._change"],
    "Postings.posted": CROSSING["postings._settle"],
    "Postings.updated": CROSSING["postings._settle"],
    "Postings.postpone": CROSSING["postings._change"],
    "Postings.hold": CROSSING["postings._change"],
    "Postings.set_aside": CROSSING["postings._change"],
}
CARRIERS: Final = ("CompanyKey", "Viewer", "StoredList", "Posting", "Subscription", "FollowedRoster")
"""Types of parameters that say which company."""


def crossing() -> dict[str, set[str]]:
    """Who says ``Everywhere.…``, by module and function."""
    found: dict[str, set[str]] = {}
    for file in sorted(STORE.glob("*.py")):
        for name, node in functions(ast.parse(file.read_text())):
            reasons = {
                one.attr
                for one in ast.walk(node)
                if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "Everywhere"
            }
            if reasons:
                found[f"{file.stem}.{name}"] = reasons
    return found


def functions(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Functions and methods, without those inside others."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node)


def in_its_module(name: str) -> str:
    """The module of one of ``CLASSES``, as ``CROSSING`` names it."""
    return next(one.__module__.rpartition(".")[2] for one in CLASSES if one.__name__ == name)


def methods() -> list[tuple[str, Callable[..., Any]]]:
    return [
        (f"{of.__name__}.{name}", method)
        for of in CLASSES
        for name, method in vars(of).items()
        if inspect.isfunction(method) and not name.startswith("_")
    ]


def test_the_queries_that_cross_companies_are_the_ones_thought_of() -> None:
    assert crossing() == CROSSING
    assert {reason for reasons in CROSSING.values() for reason in reasons} == {one.name for one in Everywhere}


@pytest.mark.parametrize(("name", "method"), methods(), ids=lambda one: one if isinstance(one, str) else "")
def test_the_store_cannot_be_asked_without_a_company(name: str, method: Callable[..., Any]) -> None:
    module, _, function = name.partition(".")
    annotations = [str(one.annotation) for one in inspect.signature(method).parameters.values()]
    carries = any(carrier in annotation for annotation in annotations for carrier in CARRIERS)
    of_rows = any(annotation == str(Row[Any]) or "Row" in annotation for annotation in annotations)
    is_query = inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)
    assert not is_query or carries or of_rows or name in NEEDS_NONE or f"{in_its_module(module)}.{function}" in CROSSING


def test_every_table_of_a_company_is_known() -> None:
    assert company_tables() == {
        "hooks",
        "watches",
        "subscription_versions",
        "subscription_changes",
        "cards",
        "card_names",
        "histories",
        "items",
        "postings",
        "rosters",
        "audit",
        "approvals",
        "bulk_jobs",
        "bulk_rows",
        "role_policies",
        "opt_outs",
        "settling_labels",
        "alerts",
        "connection_requests",
        "directory_lists",
        "directory_entries",
    }


def test_every_table_of_no_company_says_why() -> None:
    assert {table.name for table in all_tables()} - company_tables() == OF_NO_COMPANY.keys() | OF_NOBODY.keys()


@pytest.mark.parametrize("name", [name for name, why in OF_NO_COMPANY.items() if why == ENDS_WITH_THE_COMPANY])
def test_what_is_a_persons_own_is_gone_when_they_move_to_another_company(name: str) -> None:
    assert isinstance(rules_of(metadata.tables[name]).person, Goes)


CARDS, NAMES, POSTINGS = card_rows.cards, card_rows.card_names, postings.postings
THE_CARD = CARDS.c.id == "c1"


@pytest.mark.parametrize(
    ("query", "of"),
    [
        (select(CARDS).where(THE_CARD), {"cards"}),
        (select(CARDS), {"cards"}),
        (select(CARDS.c.company).where(THE_CARD), {"cards"}),
        (update(CARDS).where(THE_CARD).values(kind="call"), {"cards"}),
        (delete(CARDS).where(THE_CARD), {"cards"}),
        (insert(CARDS).values(id="c1", team_id="T0NORTHLT"), {"cards"}),
        (
            select(CARDS).where(CARDS.c.id.in_(select(NAMES.c.card_id).where(within(NAMES, OURS)))),
            {"cards"},
        ),
        (
            select(CARDS).where(within(CARDS, OURS), CARDS.c.id.in_(select(NAMES.c.card_id))),
            {"card_names"},
        ),
        (
            select(CARDS).join(POSTINGS, POSTINGS.c.card_id == CARDS.c.id).where(within(CARDS, OURS)),
            {"postings"},
        ),
    ],
    ids=["by id", "all", "only shown", "changed", "deleted", "new", "outside", "inside", "joined"],
)
def test_a_query_that_leaves_the_company_out_is_found(query: Any, of: set[str]) -> None:
    assert reaches_others(query) == of


@pytest.mark.parametrize(
    "query",
    [
        select(CARDS).where(within(CARDS, OURS), THE_CARD),
        update(CARDS).where(within(CARDS, OURS)).values(kind="call"),
        insert(CARDS).values(id="c1", **company_values(OURS)),
        everywhere(delete(CARDS), Everywhere.EXPIRED),
        select(CARDS)
        .join(POSTINGS, and_(POSTINGS.c.card_id == CARDS.c.id, POSTINGS.c.company == CARDS.c.company))
        .where(within(CARDS, OURS)),
    ],
    ids=["found", "changed", "new", "for a reason", "joined"],
)
def test_a_query_that_says_its_company_passes(query: Any) -> None:
    assert reaches_others(query) == set()
