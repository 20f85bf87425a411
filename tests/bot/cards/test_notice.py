from bot.cards.notice import TOLD, notice
from bot.contract.reply import Button, Reply


def test_what_ended_for_good_is_told_with_what_can_be_done() -> None:
    said = {"about": TOLD, "text": "It ended.", "buttons": [["What is set now", "whoami.whoami"]]}
    assert notice(said, "") == Reply("It ended.", (Button("What is set now", "whoami.whoami"),), tone="warning")
