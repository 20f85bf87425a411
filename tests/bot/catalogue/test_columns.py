"""The columns of files of statistics, in words."""

import pytest

from bot.basics.language import speaking
from bot.catalogue.answers import as_csv
from bot.catalogue.columns import column_heading
from bot.catalogue.sheets import Sheet
from bot.sandbox.dialpad.exports import COLUMNS


def test_a_file_has_headings_in_the_readers_language() -> None:
    rows = [{"call_id": "5", "talk_duration": "30", "of_tomorrow": "x"}]
    assert as_csv(rows, column_heading).splitlines()[0] == "Call ID,Talk duration,Of tomorrow"
    with speaking("es"):
        heads = as_csv(rows, column_heading).splitlines()[0]
        (fact,) = Sheet(rows).facts()
    assert heads == "ID de la llamada,Tiempo de conversación,Of tomorrow"
    assert fact.label == "Tiempo de conversación"
    assert as_csv(rows).splitlines()[0] == "call_id,talk_duration,of_tomorrow"


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_column_that_dialpad_sends_is_in_words_in_spanish_too(kind: str) -> None:
    english = {name: column_heading(name) for name in COLUMNS[kind]}
    assert all("_" not in words and words for words in english.values())
    with speaking("es"):
        same = {name for name, words in english.items() if column_heading(name) == words}
    assert same <= {"id", "mms"}
    assert len(set(english.values())) == len(english)
