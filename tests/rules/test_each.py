"""A test over many cases tries them all and fails for each that is wrong."""

import pytest

from tests.each import for_each

EVEN = (2, 4, 6)
MIXED = (1, 2, 3)


@for_each("number", EVEN)
def test_a_test_over_many_cases_gets_its_fixtures(number: int, request: pytest.FixtureRequest) -> None:
    assert number % 2 == 0
    assert request.function.__name__ == "test_a_test_over_many_cases_gets_its_fixtures"


@for_each("number", EVEN)
async def test_a_coroutine_over_many_cases_is_awaited(number: int) -> None:
    assert number % 2 == 0


def test_every_case_that_failed_is_named_and_all_were_tried() -> None:
    tried = []

    @for_each("number", MIXED, name=lambda number: f"no. {number}")
    def even(number: int) -> None:
        tried.append(number)
        assert number % 2 == 0

    with pytest.raises(ExceptionGroup, match=r"2 of 3 failed: no\. 1, no\. 3") as caught:
        even()
    assert tried == [1, 2, 3]
    assert [failure.__notes__ for failure in caught.value.exceptions] == [["number = no. 1"], ["number = no. 3"]]


async def test_a_coroutine_that_failed_is_named() -> None:
    @for_each("number", MIXED)
    async def even(number: int) -> None:
        assert number % 2 == 0

    with pytest.raises(ExceptionGroup, match="2 of 3 failed: 1, 3"):
        await even()


def test_a_case_that_should_have_raised_is_a_failure_as_well() -> None:
    @for_each("number", MIXED)
    def raises(number: int) -> None:
        with pytest.raises(ZeroDivisionError):
            1 / (number - 1)

    with pytest.raises(BaseExceptionGroup, match="2 of 3 failed: 2, 3"):
        raises()


def test_a_case_that_is_skipped_holds_up_no_other() -> None:
    tried = []

    @for_each("number", MIXED)
    def skips(number: int) -> None:
        tried.append(number)
        if number == 1:
            pytest.skip("not here")

    with pytest.raises(pytest.skip.Exception, match="not here"):
        skips()
    assert tried == [1, 2, 3]


def test_two_cases_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        for_each("number", (1, 1))
