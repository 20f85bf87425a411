"""A phone number together with its owner."""

from dataclasses import dataclass
from typing import Literal

from bot.basics.phone import national
from bot.contract.reply import Bold, Part, Phone

PartyKind = Literal["contact", "colleague", "line", "unknown"]


@dataclass(frozen=True)
class Party:
    """A number, E.164, and its owner."""

    number: str
    kind: PartyKind = "unknown"
    name: str = ""
    id: str = ""
    detail: str = ""
    """The company of a contact, or the kind of a line."""
    is_shared: bool = False
    """True when Dialpad has this number under more than one name; ``name`` is the first."""
    extension: str = ""
    """The digits that are dialled after the other side has answered, as they were typed."""

    @property
    def is_ours(self) -> bool:
        """Tell whether the number belongs to the company itself."""
        return self.kind in {"colleague", "line"}

    def shown(self) -> tuple[Part, ...]:
        """Return name and number, or the number alone."""
        return (Bold(self.name), " ", Phone(self.number)) if self.name else (Phone(self.number),)

    def plain(self, region: str) -> str:
        """Return name and number as plain text, for a field's error or a button."""
        number = national(self.number, region)
        return f"{self.name} {number}" if self.name else number
