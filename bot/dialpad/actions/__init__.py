"""All actions of the bot, collected by hand: nothing is registered by being imported."""

from functools import cache
from typing import Any

from bot.dialpad.action import Action
from bot.dialpad.actions import (
    accesscontrolpolicies,
    app,
    blockednumbers,
    call,
    callback,
    callcenters,
    calllabels,
    callreviewsharelink,
    callrouters,
    channels,
    coachingteams,
    company,
    conference,
    contacts,
    customivrs,
    departments,
    faxline,
    numbers,
    oauth2,
    offices,
    recordingsharelink,
    rooms,
    schedulereports,
    sms,
    stats,
    subscriptions,
    transcripts,
    userdevices,
    users,
    webhooks,
    websockets,
)

ALL: tuple[type[Action[Any]], ...] = (
    *accesscontrolpolicies.ACTIONS,
    *app.ACTIONS,
    *blockednumbers.ACTIONS,
    *call.ACTIONS,
    *callback.ACTIONS,
    *callcenters.ACTIONS,
    *calllabels.ACTIONS,
    *callreviewsharelink.ACTIONS,
    *callrouters.ACTIONS,
    *channels.ACTIONS,
    *coachingteams.ACTIONS,
    *company.ACTIONS,
    *conference.ACTIONS,
    *contacts.ACTIONS,
    *customivrs.ACTIONS,
    *departments.ACTIONS,
    *faxline.ACTIONS,
    *numbers.ACTIONS,
    *oauth2.ACTIONS,
    *offices.ACTIONS,
    *recordingsharelink.ACTIONS,
    *rooms.ACTIONS,
    *schedulereports.ACTIONS,
    *sms.ACTIONS,
    *stats.ACTIONS,
    *subscriptions.ACTIONS,
    *transcripts.ACTIONS,
    *userdevices.ACTIONS,
    *users.ACTIONS,
    *webhooks.ACTIONS,
    *websockets.ACTIONS,
)


def by_slug(slug: str) -> type[Action[Any]]:
    """The action called ``slug``. Raises ``KeyError``."""
    return _slugs()[slug]


def group_of(action: type[Action[Any]]) -> str:
    """The resource an action belongs to, as in its path: ``users``, ``callcenters`` and so on."""
    return action.__module__.rpartition(".")[2]


@cache
def _slugs() -> dict[str, type[Action[Any]]]:
    return {action.slug: action for action in ALL}
