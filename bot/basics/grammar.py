"""How a typed line is read, in sentences and examples: one grammar for all commands. The corpus of the tests holds
every example."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Rule:
    """One rule with what is typed for it, each with what comes of that."""

    title: str
    text: str
    examples: tuple[tuple[str, str], ...]


GRAMMAR: Final = (
    Rule(
        "Where a number ends",
        "A number may hold blanks, brackets, dots and dashes of any kind, and ends where a valid number ends; an "
        "extension (`x12`, `ext. 12`, `extension 12`) belongs to it. A number without blanks ends at the first one. "
        "When its digits leave two ends open, both are offered. Digits that are no number are an error at that word, "
        "never somebody's name.",
        (
            ("sms +14155550150 10 minutes late", "the text is “10 minutes late”"),
            ("sms 415 555 0150 x123 hello", "the text is “hello”"),
            ("sms +49 30 901820 12 Uhr passt", "asks which"),
            ("sms 415 555 015 hello", "“415 555 015” is too short"),
        ),
    ),
    Rule(
        "Extensions",
        "One to seven digits where a person can stand are the extension of a colleague, a room or a line of the "
        "company; `ext 111`, `x111` and `#111` say so. What can be a phone number or an emergency number as well, or "
        "is the extension of two, is asked.",
        (
            ("call 114", "calls Noor, whose extension it is"),
            ("transfer to ext 112", "to Sam"),
            ("sms x112 are you there", "to Sam, the text is “are you there”"),
            ("call 112", "says that it is an emergency number, and offers Sam"),
            ("call 119", "is nobody's extension, and too short for a number"),
        ),
    ),
    Rule(
        "Where a name ends",
        "A name is the longest run of words that is one: all its words, some of them, or the beginning. Accents, "
        "titles, initials, hyphens, apostrophes and emoji may be left out. Quotes of any kind hold a name together, "
        "and a mention is a person. Somebody with several numbers, or a name that several have, is asked for with a "
        "button for each; so is a mistyped name, with the nearest ones.",
        (
            ("sms John Smith your order is ready", "to John A. Smith, the text is “your order is ready”"),
            ("call @sam", "calls Sam Okafor"),
            ("call chris", "asks which Chris"),
            ("call jordn lee", "asks whether Jordan Lee is meant"),
        ),
    ),
    Rule(
        "Several recipients",
        "Between recipients stand commas, “and”, “&” or nothing. Without any, a second one has to be a number or a "
        "whole name; a first name alone is asked about.",
        (
            ("sms jordan, amara and tomas closed today", "to three people"),
            ("sms Jordan Lee Amara Osei the shop is open", "to two people"),
            ("sms jordan will be late", "asks whether Will gets it too"),
        ),
    ),
    Rule(
        "Where the text begins",
        "At the first word that belongs to no recipient; from there on it leaves as it was typed, with mentions as "
        "names and `:smile:` as 😄. “that” before a whole sentence, “saying” and the like only say that it "
        "follows, and do "
        "not leave; after a colon everything does. What may belong to the address is asked about, and never sent "
        "unasked.",
        (
            ("sms jordan thanks :smile:", "the text is “thanks 😄”"),
            ("tell jordan that i am late", "the text is “i am late”"),
            ("text jordan that one is ready", "the text is “that one is ready”"),
            ("sms jordan ask @sam about it", "the text is “ask Sam about it”"),
            ("sms Jordan Leee hello there", "asks where the text begins"),
            ("sms Jordan Lea we are open", "asks where the text begins"),
        ),
    ),
    Rule(
        "Texts for later",
        "A time that stands before the text and ends with a colon says when the text is sent. The preview shows it, "
        "with a button that sends all of it now instead. A day alone, or “later:”, is asked about, and so is what is "
        "due in less than ten minutes, which Dialpad does not take. Without the colon a time of day may be part of the "
        "text, which is asked. “from” and one of your lines, with a colon, says what it is sent from.",
        (
            ("sms jordan at 5pm: running late", "shows “running late”, to be sent at 5:00 PM"),
            ("sms jordan tomorrow: closed", "asks whether “tomorrow” is when it is sent or part of the text"),
            ("sms jordan in 5m: hi", "offers the nearest time, and now"),
            ("sms jordan at 5pm running late", "asks whether “at 5pm” is when it is sent or part of the text"),
            ("sms jordan 5pm is fine", "the text is “5pm is fine”"),
            ("sms jordan yesterday 9:00: hello", "says that it is past, and asks for a time"),
            ("sms jordan from Support: hi", "shows “hi”, to be sent from Support"),
        ),
    ),
    Rule(
        "Times",
        "By the clock of whoever types: a span, a time of day, a day or date, or both in either order. `in 20` are "
        "minutes. "
        "What can be two moments is asked: a number alone, an hour that says neither am nor pm and has passed today, "
        "“next friday” before Friday.",
        (
            ("dnd until 17h30", "until 5:30 PM"),
            ("dnd 9am tomorrow", "until tomorrow, 9:00 AM"),
            ("dnd until half past 5 pm", "until 5:30 PM"),
            ("dnd until the 15th at noon", "until 15 March, 12:00 PM"),
            ("dnd until 5", "asks: today 5:00 PM or tomorrow 5:00 AM"),
            ("dnd 30", "asks: 30 minutes or 30 hours"),
            ("status lunch 30m", "the status is “lunch”, for 30 minutes"),
        ),
    ),
    Rule(
        "Words around it",
        "“please”, “can you”, “I need to”, “show me” and the like before a line change nothing, nor do “pls”, "
        "“thanks” and 👍 behind it, or an article "
        "more or fewer in it or before a time. A line's name follows a word for a list with or without “in”. What a "
        "sentence may mean besides is asked.",
        (
            ("i need the number of tomas", "looks Tomas up"),
            ("clear my status pls", "clears it"),
            ("take me off the duty", "goes off duty"),
            ("dnd untill the 5pm", "until 5:00 PM"),
            ("live calls support", "the live calls of Support"),
            ("alert me when more than 3 wait in support", "opens the alerts' form, filled in"),
            ("call back jordan tomorrow at 10", "asks: a reminder then, or a call now"),
            ("dnd 20 min lunch", "asks: do not disturb, off duty or the status “lunch”"),
        ),
    ),
    Rule(
        "Words that are not known",
        "The nearest one is offered as a button that runs the line with it: for the command, for what follows it, for "
        "names of lines and kinds of notifications; never the opposite of what was typed. “please”, “now” and “thanks” "
        "change nothing.",
        (
            ("dnd of", "offers `off` and `on`"),
            ("notify misssed", "offers `missed`"),
            ("calls in Supprt", "offers Support"),
            ("duty on please", "goes on duty"),
        ),
    ),
)
