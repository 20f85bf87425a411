"""Flows of two processes behind a balancer, each click at the other one. ``make test-two`` runs all flows so."""

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
from tests.flows.test_audit import test_a_changed_subscription_is_named
from tests.flows.test_connecting import test_a_pasted_key_of_somebody_else_runs_what_waited_once_they_agree
from tests.flows.test_daily_verbs import test_a_call_rings_ones_own_phone_and_is_hung_up
from tests.flows.test_digests import test_calls_that_were_just_rung_count_at_once
from tests.flows.test_forms import test_edit_brings_the_form_back_with_what_was_written
from tests.flows.test_notifications import (
    test_a_missed_call_is_claimed_called_back_and_handled,
    test_cover_is_asked_for_in_the_channel_and_taken_over_once,
)
from tests.flows.test_places import (
    test_a_confirmation_in_a_channel_turns_into_what_happened,
    test_home_shows_what_was_changed_elsewhere_while_it_was_open,
)
from tests.flows.test_run_in_slack import test_choosing_a_thing_fills_its_form_and_more_fields_keep_what_was_typed
from tests.flows.test_trouble_at_dialpad import test_a_refused_token_is_renewed_and_the_person_notices_nothing
from tests.flows.test_trouble_at_slack import test_an_ephemeral_that_slack_refuses_comes_as_a_dm
from tests.flows.test_twice import test_two_clicks_on_send_let_one_text_leave_and_explain_the_second
from tests.flows.test_who_wants_what import test_a_claim_before_the_last_step_keeps_the_phone_silent
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
    "test_a_call_rings_ones_own_phone_and_is_hung_up",
    "test_a_changed_subscription_is_named",
    "test_a_claim_before_the_last_step_keeps_the_phone_silent",
    "test_a_confirmation_in_a_channel_turns_into_what_happened",
    "test_a_missed_call_is_claimed_called_back_and_handled",
    "test_a_pasted_key_of_somebody_else_runs_what_waited_once_they_agree",
    "test_a_refused_token_is_renewed_and_the_person_notices_nothing",
    "test_a_token_that_both_find_ended_is_renewed_once",
    "test_an_ephemeral_that_slack_refuses_comes_as_a_dm",
    "test_calls_that_were_just_rung_count_at_once",
    "test_choosing_a_thing_fills_its_form_and_more_fields_keep_what_was_typed",
    "test_cover_is_asked_for_in_the_channel_and_taken_over_once",
    "test_edit_brings_the_form_back_with_what_was_written",
    "test_home_shows_what_was_changed_elsewhere_while_it_was_open",
    "test_two_clicks_on_send_let_one_text_leave_and_explain_the_second",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(lending: Lending) -> AsyncIterator[DemoOfTwo]:
    async with two_on_loan(lending, over_http=True) as started:
        yield started
