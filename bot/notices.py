"""What must reach a person without a request: passed on to the dispatcher, which is built last."""

from bot.basics.language import say, speaking
from bot.basics.person import PersonKey
from bot.cards.connecting import CONNECT
from bot.cards.timed_changes import SET_NOW
from bot.contract.context import Ended
from bot.contract.later import TimedJob
from bot.contract.prose import plural
from bot.contract.reader_languages import ReaderLanguages
from bot.contract.reply import Button, Reply
from bot.notifications.personal_notices import tell_person
from bot.slack.conversation.dispatch import Dispatcher
from bot.store.store import Store


class Notices:
    """Tells people. ``dispatcher`` is set before anybody is told anything."""

    dispatcher: Dispatcher

    def __init__(self, store: Store, languages: ReaderLanguages) -> None:
        self.store = store
        self.languages = languages

    async def connected(self, person: PersonKey) -> None:
        await self.dispatcher.connected(person)

    async def tell(self, person: PersonKey, reply: Reply) -> None:
        await self.dispatcher.tell(person, reply)

    async def tell_in_words(self, person: PersonKey, text: str) -> None:
        """Tell a text of the catalogue."""
        with speaking(await self.languages.of(person)):
            await self.tell(person, Reply(say(text), tone="warning"))

    async def connection_broken(self, person: PersonKey) -> None:
        self.dispatcher.home_changed(person)
        connect = Button("Connect again", CONNECT, style="primary")
        with speaking(await self.languages.of(person)):
            text = say(
                "Dialpad ended your connection, so I cannot do anything there for you. Connect again to continue."
            )
            await self.dispatcher.tell(person, Reply(text, (connect,), tone="warning"))

    async def moved(self, person: PersonKey, ended: Ended) -> None:
        again = (Button("Set up notifications", "notify.me"),) if ended.subscriptions else ()
        with speaking(await self.languages.of(person)):
            gone = [plural(ended.subscriptions, "subscription")] if ended.subscriptions else []
            gone += [plural(ended.timed, "timed change")] if ended.timed else []
            text = say(
                "You use another Dialpad company now, so what you had in the one before has ended: {gone}.",
                gone=say(" and ").join(gone),
            )
            await self.dispatcher.tell(person, Reply(text, again, tone="warning"))

    async def run_later(self, job: TimedJob) -> None:
        await self.dispatcher.run_later(job)

    async def later_given_up(self, job: TimedJob, error: Exception) -> None:
        try:
            await self.dispatcher.tell_given_up(job, error)
        except Exception:  # noqa: BLE001  whatever Slack answers: it is told once Slack takes it
            with speaking(await self.languages.of(job.person)):
                why = say(
                    "What you had set for later did not happen. {why}", why=self.dispatcher.why_given_up(job, error)
                )
            await tell_person(self.store, job.person, f"later:{job.id}", why, [(SET_NOW.label, SET_NOW.route)])
