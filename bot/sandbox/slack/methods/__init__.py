"""The table of Web API methods the embedded Slack has: the function of each, and the scopes it asks for (any one of
them)."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods import app_manifests, chat, conversations, files, identity, people, surfaces, unfurls
from bot.sandbox.slack.methods.args import Args
from bot.sandbox.slack.workspace import Json


@dataclass(frozen=True)
class Method:
    """A Web API method. ``scopes``: one of them is enough. Methods that depend on the kind of conversation check
    their scope themselves. ``of_one_team``: an org's token has to say which workspace it means. ``makes_apps``: for app
    configuration tokens alone."""

    run: Callable[[Core, Args], Json]
    scopes: tuple[str, ...] = ()
    needs_token: bool = True
    of_one_team: bool = False
    makes_apps: bool = False


METHODS: dict[str, Method] = {
    "api.test": Method(identity.api_test, needs_token=False),
    "auth.test": Method(identity.auth_test),
    "auth.revoke": Method(identity.revoke),
    "auth.teams.list": Method(identity.list_teams),
    "team.info": Method(identity.team_info, ("team:read",)),
    "bots.info": Method(identity.bots_info, ("users:read",)),
    "apps.connections.open": Method(identity.open_connection),
    "apps.manifest.create": Method(app_manifests.create, makes_apps=True),
    "apps.manifest.export": Method(app_manifests.export, makes_apps=True),
    "oauth.v2.access": Method(identity.oauth_access, needs_token=False),
    "chat.postMessage": Method(chat.post_message, ("chat:write",)),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",)),
    "chat.update": Method(chat.update, ("chat:write",)),
    "chat.delete": Method(chat.delete, ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.unfurl": Method(unfurls.unfurl, ("links:write",)),
    "reactions.add": Method(chat.add_reaction, ("reactions:write",)),
    "reactions.remove": Method(chat.remove_reaction, ("reactions:write",)),
    "pins.add": Method(chat.add_pin, ("pins:write",)),
    "conversations.open": Method(conversations.open_),
    "conversations.info": Method(conversations.info),
    "conversations.members": Method(conversations.members),
    "conversations.join": Method(conversations.join),
    "conversations.setTopic": Method(conversations.set_topic),
    "conversations.history": Method(conversations.history),
    "conversations.replies": Method(conversations.replies),
    "conversations.list": Method(conversations.list_, of_one_team=True),
    "users.conversations": Method(conversations.of_user, of_one_team=True),
    "users.info": Method(people.info, ("users:read",)),
    "users.list": Method(people.list_, ("users:read",), of_one_team=True),
    "users.lookupByEmail": Method(people.look_up_by_email, ("users:read.email",)),
    "users.profile.get": Method(people.get_profile, ("users.profile:read",)),
    "views.open": Method(surfaces.open_),
    "views.push": Method(surfaces.push),
    "views.update": Method(surfaces.update),
    "views.publish": Method(surfaces.publish),
    "usergroups.list": Method(people.list_groups, ("usergroups:read",), of_one_team=True),
    "usergroups.create": Method(people.create_group, ("usergroups:write",), of_one_team=True),
    "usergroups.users.list": Method(people.list_group_users, ("usergroups:read",), of_one_team=True),
    "usergroups.users.update": Method(people.update_group_users, ("usergroups:write",), of_one_team=True),
    "files.getUploadURLExternal": Method(files.get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",)),
    "files.info": Method(files.info, ("files:read",)),
}
