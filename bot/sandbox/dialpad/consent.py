"""The pages of the sign-in: "allow this app to act for you", and what is wrong with a request to do so."""

from collections.abc import Iterable
from html import escape

from bot.sandbox.dialpad.access import OAuthApp
from bot.sandbox.dialpad.model import User

SCOPE_WORDS = {
    "offline_access": "Stay connected until you disconnect it",
    "calls:list": "Read the list of the company's calls",
    "recordings_export": "Open call recordings and voicemails",
    "message_content_export": "Read the text of messages it is told about",
    "message_content_export:all": "Read the text of all of the company's messages",
    "screen_pop": "Open pages on your screen during a call",
    "change_log": "Follow changes to the company's settings",
    "fax_message": "Hear of faxes that come and go",
    "conference:read": "See meetings and their rooms",
    "conference:all": "Plan and change meetings",
    "agent_groups:read": "See groups of agents",
    "digital_sessions": "Read conversations over chat and other channels",
    "ai_recap": "Read recaps of calls",
}
EVERYDAY_WORDS = "Act for you: do not disturb, duty, status, calls and texts, with your own rights"

STYLE = """
:root { color-scheme: light dark; --ink: #1d1b26; --quiet: #625d70; --page: #f4f2f8; --card: #fff;
  --line: #d9d4e3; --accent: #6b3fd4; --on-accent: #fff; --soft: #f0ebfc; }
@media (prefers-color-scheme: dark) { :root { --ink: #efecf6; --quiet: #aaa3ba; --page: #14121a; --card: #1f1c28;
  --line: #3a3548; --accent: #a98bf5; --on-accent: #17121f; --soft: #2b2540; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--page);
  color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 440px; background: var(--card); border: 1px solid var(--line); border-radius: 16px;
  padding: 32px; box-shadow: 0 12px 40px rgb(20 10 50 / 12%); }
.brand { display: flex; align-items: center; gap: 10px; font-weight: 650; }
.brand span { width: 28px; height: 28px; border-radius: 8px; background: var(--accent); color: var(--on-accent);
  display: grid; place-items: center; font-size: 15px; }
.brand small { font-weight: 400; color: var(--quiet); }
h1 { font-size: 22px; line-height: 1.3; margin: 20px 0 16px; text-wrap: balance; }
fieldset { border: 0; padding: 0; margin: 0 0 20px; }
legend, h2 { font-size: 14px; font-weight: 600; color: var(--quiet); padding: 0; margin: 0 0 8px; }
label { display: flex; gap: 12px; align-items: center; padding: 9px 12px; border: 1px solid var(--line);
  border-radius: 10px; margin-bottom: 6px; cursor: pointer; }
label:has(:checked) { border-color: var(--accent); background: var(--soft); }
label:focus-within { outline: 3px solid var(--accent); outline-offset: 2px; }
label small { display: block; color: var(--quiet); line-height: 1.35; }
input { accent-color: var(--accent); width: 18px; height: 18px; flex: none; margin: 0; }
input:focus-visible { outline: none; }
summary { padding: 4px 12px; color: var(--quiet); font-size: 14px; cursor: pointer; border-radius: 8px; }
summary:focus-visible { outline: 3px solid var(--accent); }
details[open] summary { margin-bottom: 6px; }
ul { margin: 0 0 24px; padding-left: 20px; }
.actions { display: flex; gap: 12px; }
button { flex: 1; font: inherit; font-weight: 600; padding: 12px; border-radius: 10px; cursor: pointer;
  border: 1px solid var(--line); background: transparent; color: inherit; }
button.allow { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
p { margin: 0 0 12px; } .note { color: var(--quiet); font-size: 14px; margin: 20px 0 0; }
"""


def render_page(title: str, content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
        '<div class="brand"><span aria-hidden="true">D</span>Dialpad <small>sandbox</small></div>'
        f"{content}</main></body></html>"
    )


def render_consent(
    app: OAuthApp, request_id: str, people: Iterable[User], chosen: int | None, scopes: Iterable[str]
) -> str:
    """Render the consent page. ``chosen`` is the user id to start with, the others behind one line; None leaves the
    choice open."""
    everybody = list(people)
    choices = "".join(_choice(user, chosen=True) for user in everybody if user.id == chosen)
    others = "".join(_choice(user) for user in everybody if user.id != chosen)
    if choices:
        choices += f"<details><summary>Somebody else</summary>{others}</details>"
    rights = [EVERYDAY_WORDS, *(SCOPE_WORDS.get(scope, scope) for scope in scopes)]
    listed = "".join(f"<li>{escape(words)}</li>" for words in rights)
    name = escape(app.name)
    return render_page(
        f"Allow {app.name}?",
        f"<h1>Allow {name} to use your Dialpad account?</h1>"
        '<form method="post" action="/oauth2/authorize">'
        f'<input type="hidden" name="request" value="{escape(request_id)}">'
        f"<fieldset><legend>You are signed in to Dialpad as</legend>{choices or others}</fieldset>"
        f"<h2>{name} will be able to</h2><ul>{listed}</ul>"
        '<div class="actions">'
        '<button class="allow" name="decision" value="allow">Allow</button>'
        '<button name="decision" value="deny" formnovalidate>Deny</button></div></form>'
        '<p class="note">This page stands in for Dialpad\'s own sign-in. Everybody here is made up.</p>',
    )


def _choice(user: User, *, chosen: bool = False) -> str:
    return (
        '<label><input type="radio" name="user_id" required '
        f'value="{user.id}"{" checked autofocus" if chosen else ""}>'
        f"<span>{escape(user.name)}<small>{escape(user.job_title)} · {escape(user.emails[0])}</small></span></label>"
    )


def render_problem(what: str, next_step: str) -> str:
    return render_page(
        "This link cannot be used",
        f"<h1>This link cannot be used</h1><p>{escape(what)}</p><p>{escape(next_step)}</p>",
    )
