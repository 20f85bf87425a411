"""Whoever a phone number leads to."""

from dataclasses import dataclass
from typing import Literal

from bot.basics.phone import national
from bot.contract.reply import Bold, Part, Phone

PartyKind = Literal["contact", "colleague", "line", "unknown"]


@dataclass(frozen=True)
class Party:
    """A number, E.164, and whose it is."""

    number: str
    kind: PartyKind = "unknown"
    name: str = ""
    id: str = ""
    detail: str = ""
    """The company of a contact, the kind of a line."""
    is_shared: bool = False
    """Dialpad has this number under more than one name; ``name`` is the first."""

    @property
    def is_ours(self) -> bool:
        """The number belongs to the company itself."""
        return self.kind in {"colleague", "line"}

    def shown(self) -> tuple[Part, ...]:
        """Name and number, or the number alone."""
        return (Bold(self.name), " ", Phone(self.number)) if self.name else (Phone(self.number),)

    def plain(self, region: str) -> str:
        """The same where no parts can be: in a field's error, on a button."""
        number = national(self.number, region)
        return f"{self.name} {number}" if self.name else number
