"""Flows of two processes in Socket Mode, each click on the other one's socket. ``make test-two`` runs all flows so."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.crashes.elsewhere import (
    demo,
    test_a_call_is_claimed_handed_back_and_handled,
    test_a_token_that_both_find_ended_is_renewed_once,
    two_on_loan,
)
from tests.flows.conftest import ana, browser, noor, priya, provoked, sam
from tests.flows.test_connecting import test_what_was_asked_before_connecting_runs_after_it_and_is_told
from tests.flows.test_daily_verbs import test_dnd_is_turned_on_and_off_by_typing
from tests.flows.test_for_a_while import test_timed_dnd_comes_back_and_is_told
from tests.flows.test_leaving import test_after_disconnecting_dialpad_has_nothing_of_ours
from tests.flows.test_notifications import test_a_text_is_answered_from_its_thread
from tests.flows.test_places import (
    test_home_shows_how_one_stands_and_a_press_changes_it,
    test_home_shows_what_was_changed_elsewhere_while_it_was_open,
    test_home_shows_when_the_time_is_over_that_nothing_is_due,
)
from tests.flows.test_rights import test_undo_brings_back_what_the_owner_had_set
from tests.flows.test_twice import test_an_event_that_slack_sends_again_is_answered_once
from tests.flows.two import DemoOfTwo
from tests.prepared import Lending

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.postgres]

__all__ = [
    "ana",
    "browser",
    "demo",
    "noor",
    "priya",
    "provoked",
    "sam",
    "test_a_call_is_claimed_handed_back_and_handled",
    "test_a_text_is_answered_from_its_thread",
    "test_a_token_that_both_find_ended_is_renewed_once",
    "test_after_disconnecting_dialpad_has_nothing_of_ours",
    "test_an_event_that_slack_sends_again_is_answered_once",
    "test_dnd_is_turned_on_and_off_by_typing",
    "test_home_shows_how_one_stands_and_a_press_changes_it",
    "test_home_shows_what_was_changed_elsewhere_while_it_was_open",
    "test_home_shows_when_the_time_is_over_that_nothing_is_due",
    "test_timed_dnd_comes_back_and_is_told",
    "test_undo_brings_back_what_the_owner_had_set",
    "test_what_was_asked_before_connecting_runs_after_it_and_is_told",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(lending: Lending) -> AsyncIterator[DemoOfTwo]:
    async with two_on_loan(lending, over_http=False) as started:
        yield started
