"""When lines are open, as whoever subscribed to them sees it in Dialpad."""

from collections.abc import Iterable

from bot.activity.subscriptions.subscription import Subscription
from bot.basics.errors import ChatopsError
from bot.basics.opening_hours import OpeningHours, in_zone
from bot.dialpad.accounts import Accounts
from bot.dialpad.directory import Directory


class LineHours:
    """Looks the hours of lines up in the directory."""

    def __init__(self, accounts: Accounts, directory: Directory) -> None:
        self._accounts = accounts
        self._directory = directory

    async def of(self, subscription: Subscription, line: str) -> OpeningHours | None:
        """Return the hours of a line such as ``callcenter:5527``, None where they are not known. Where Dialpad gives
        no time zone they are by the subscription's."""
        account = self._accounts.of(subscription.shown_as, within=subscription.company)
        try:
            known = await self._directory.hours_of(account, line)
        except ChatopsError:  # whoever looks it up has left: nobody's hours are known
            return None
        return in_zone(known, subscription.zone)

    async def of_all(self, subscription: Subscription, lines: Iterable[str]) -> dict[str, OpeningHours | None]:
        """Return the hours of each of these lines."""
        return {line: await self.of(subscription, line) for line in sorted(set(lines))}
