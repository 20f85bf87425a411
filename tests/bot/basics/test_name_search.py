import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basics.name_search import SHORTEST_MISSPELT, fold, keys_of, misspellings, names_all, number_beginnings

LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=SHORTEST_MISSPELT + 1, max_size=11)


@given(LETTERS, st.data())
def test_every_single_mistake_in_a_word_leads_back_to_it(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    typed = data.draw(
        st.sampled_from(
            [
                word[:place] + letter + word[place + 1 :],
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place:],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            ]
        )
    )
    assert typed == word or word in misspellings(typed)


@pytest.mark.parametrize("phone", ["+14155550115", "+4930123456", "+85221234567", "911", "5550115"])
def test_a_number_in_any_usual_form_begins_one_of_its_keys(phone: str) -> None:
    keys = keys_of("", [phone])
    for typed in (phone, phone[-4:], phone.removeprefix("+")):
        beginnings = number_beginnings(typed)
        assert not beginnings or any(key.startswith(one) for one in beginnings for key in keys), typed


def test_what_is_too_short_or_no_number_has_no_key() -> None:
    assert (keys_of("", ["", "1"]), number_beginnings("12"), misspellings("jo")) == (set(), (), [])


def test_a_double_name_is_found_by_its_parts_and_as_one_word() -> None:
    assert keys_of(fold("Smith-Jones"), []) == {"smith-jones", "jones", "smithjones"}


@pytest.mark.parametrize(
    ("typed", "name", "is_named"),
    [
        ("john smith", "John A. Smith", True),
        ("john b smith", "John A. Smith", False),
        ("john a. smith", "John Smith", True),
        ("i Support", "Support", False),
        ("Mr. Smith", "John A. Smith", True),
        ("Dr Paula Stein", "Paula Stein", True),
        ("anne marie", "Anne-Marie Duval", True),
        ("Kim Tran", "🔥 Kim Tran", True),
        ("obrien", "Sean O'Brien", True),
        ("soren", "Søren Holm", False),
        ("Lee Jordan", "Jordan Lee", True),
        ("Jordan Smith", "Jordan Lee", False),
        ("mr", "Mr Bean", False),
    ],
)
def test_words_of_a_name(typed: str, name: str, is_named: bool) -> None:
    assert names_all(typed, name) is is_named
