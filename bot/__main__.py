"""The command line: ``dialpad-chatops`` and ``python -m bot``."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from bot.printing import Output

# Commands import what they need when they run: `--help` and `manifest` should not load a database driver.
# ruff: noqa: PLC0415

app = typer.Typer(
    name="dialpad-chatops",
    help="Run your team's Dialpad phone system from Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
sandbox = typer.Typer(help="The embedded Dialpad or Slack alone, on loopback.", no_args_is_help=True)
db = typer.Typer(help="The database: upgrade, purge, back up, restore, check, copy.", no_args_is_help=True)
keys = typer.Typer(help="Encryption keys for stored tokens.", no_args_is_help=True)
events = typer.Typer(help="Events from Dialpad that could not be delivered and are set aside.", no_args_is_help=True)
slack = typer.Typer(help="The Slack app: make it, and see what it lacks.", no_args_is_help=True)
app.add_typer(sandbox, name="sandbox")
app.add_typer(slack, name="slack")
app.add_typer(db, name="db")
app.add_typer(keys, name="keys")
app.add_typer(events, name="events")

AsOutput = Annotated[
    Output | None, typer.Option("--output", help="How to print it.", show_default=False, case_sensitive=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="The same as --output json.")]


def _output(output: Output | None, as_json: bool) -> Output:
    return Output.JSON if as_json else output or Output.TABLE


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"dialpad-chatops {version('dialpad-chatops')}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
    config: Annotated[Path | None, typer.Option(help="A file with settings, instead of .env.")] = None,
) -> None:
    """Run your team's Dialpad phone system from Slack."""
    if config is not None:
        from bot.basics.settings import CONFIG

        os.environ[CONFIG] = str(config)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the page is served.")] = 3000,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the page in a browser.")] = False,
    http: Annotated[
        bool, typer.Option("--http", help="Slack reaches the bot by signed HTTP, not Socket Mode.")
    ] = False,
) -> None:
    """Try everything without any account: a Slack, a Dialpad and this bot between them, in one process."""
    from bot.sandbox.demo import run_demo

    asyncio.run(run_demo(port=port, open_browser=not no_browser, over_http=http))


@app.command()
def run(
    fd: Annotated[
        int | None, typer.Option(help="Serve on this file descriptor, a socket that listens already.")
    ] = None,
) -> None:
    """Run the bot with the settings of the environment and of .env.

    Sockets that systemd hands over are picked up automatically.
    """
    import gc

    gc.disable()  # what a start makes stays: looking for garbage in it takes a third of the time; run_bot enables it
    from bot.app import run_bot
    from bot.basics.settings import read_settings

    with _problems_as_sentences():
        asyncio.run(run_bot(read_settings(), fd))


@app.command()
def doctor(output: AsOutput = None, as_json: AsJson = False) -> None:
    """Check settings, database, keys, Slack's scopes and the way to Dialpad. Exit 1 when something is wrong.

    Looks only: it makes no database, no key and no folder.
    """
    from bot.basics.settings import read_settings
    from bot.doctor import examine

    with _problems_as_sentences():
        findings = asyncio.run(examine(read_settings()))
    _print_checks([(one.what, one.ok, one.said) for one in findings], _output(output, as_json))


def _print_checks(found: list[tuple[str, bool, str]], output: Output) -> None:
    """Print checks, and exit 1 when one of them found something to do."""
    from bot.printing import write_csv, write_json

    rows = [{"what": what, "ok": ok, "said": said} for what, ok, said in found]
    if output is Output.JSON:
        write_json(rows, sys.stdout)
    elif output is Output.CSV:
        write_csv(rows, sys.stdout)
    else:
        for what, ok, said in found:
            typer.echo(f"{'ok  ' if ok else 'FIX '} {what}: {said}")
    raise typer.Exit(0 if all(ok for _, ok, _ in found) else 1)


@app.command()
def actions(output: AsOutput = None, as_json: AsJson = False) -> None:
    """List all Dialpad actions."""
    from bot.command_line import show_actions

    show_actions(sys.stdout, _output(output, as_json))


def _complete_slug(incomplete: str) -> list[str]:
    from bot.command_line import slugs_beginning

    return slugs_beginning(incomplete)


Slug = Annotated[str, typer.Argument(help="DIALPAD_…, as `actions` lists them.", autocompletion=_complete_slug)]


@app.command()
def call(
    slug: Slug,
    data: Annotated[
        str,
        typer.Option(
            help="One JSON object with all fields, nested where Dialpad nests. @FILE reads a file, - standard input."
        ),
    ] = "{}",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the request and send nothing.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every page of a list.")] = False,
    output: AsOutput = None,
    as_json: AsJson = False,
) -> None:
    """Run one action with DIALPAD_API_KEY.

    Prints a table on a terminal and JSON in a pipe. Exit 2 for bad input, 3 when Dialpad refuses or a list is
    incomplete, 4 when nobody knows whether it happened: look before you do it again.
    """
    from bot import command_line
    from bot.basics.errors import DialpadError
    from bot.basics.settings import read_settings
    from bot.printing import write_json

    command_line.keep_quiet()
    with _problems_as_sentences():
        kind = command_line.named(slug)
        action = command_line.read_data(kind, data)
        if dry_run:
            write_json(command_line.as_sent(action), sys.stdout)
            return
        settings = read_settings()
        try:
            answer = asyncio.run(command_line.call(action, settings, everything=everything))
        except DialpadError as problem:
            typer.echo(command_line.sentence_of(kind, problem), err=True)
            unknown = command_line.may_have_happened(kind, problem)
            raise typer.Exit(command_line.UNKNOWN if unknown else command_line.REFUSED) from None
        except KeyboardInterrupt:
            said, code = command_line.interrupted(kind)
            typer.echo(said, err=True)
            raise typer.Exit(code) from None
    command_line.show(answer, sys.stdout, Output.JSON if as_json else output)
    if missing := command_line.what_is_missing(answer):
        typer.echo(missing, err=True)
    if command_line.INCOMPLETE in answer:
        raise typer.Exit(command_line.REFUSED)


@app.command()
def form(slug: Slug) -> None:
    """Print an action's modal as Slack gets it."""
    from bot import command_line
    from bot.printing import write_json

    with _problems_as_sentences():
        view = asyncio.run(command_line.form_of(command_line.named(slug)))
    write_json(view, sys.stdout)


@app.command()
def completion(shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="Which shell.")]) -> None:
    """Print what makes a shell complete commands, options and actions.

    bash: eval "$(dialpad-chatops completion bash)" in ~/.bashrc. zsh: the same with zsh, in ~/.zshrc after compinit.
    fish: dialpad-chatops completion fish > ~/.config/fish/completions/dialpad-chatops.fish
    """
    from typer.completion import get_completion_inspect_parameters, shell_complete

    get_completion_inspect_parameters()  # makes typer's shells known
    shell_complete(typer.main.get_command(app), {}, "dialpad-chatops", _COMPLETE, f"source_{shell}")


@app.command()
def manifest(
    public_url: Annotated[
        str | None, typer.Option(help="For HTTP instead of Socket Mode: where Slack reaches you.")
    ] = None,
    command: Annotated[str | None, typer.Option(help="The root slash command. Defaults to COMMAND.")] = None,
    check: Annotated[Path | None, typer.Option(help="Only compare with this file; exit 1 when it differs.")] = None,
) -> None:
    """Print the Slack app's manifest."""
    from bot.app import build_routes
    from bot.basics.settings import read_settings
    from bot.slack.api.manifest import build_manifest, write_manifest

    command = command or read_settings().command
    text = write_manifest(build_manifest(build_routes(), command=command, public_url=public_url))
    if check is None:
        sys.stdout.write(text)
    elif not check.exists() or check.read_text(encoding="utf-8") != text:
        typer.echo(f"{check} is out of date. Run `make docs`.", err=True)
        raise typer.Exit(1)


PublicUrl = Annotated[
    str | None, typer.Option(help="For HTTP instead of Socket Mode: where Slack reaches you. Defaults to PUBLIC_URL.")
]
ConfigToken = Annotated[
    str,
    typer.Option(
        envvar="SLACK_CONFIG_TOKEN",
        prompt="App configuration token (xoxe…)",
        hide_input=True,
        help="Made at api.slack.com/apps; asked for when it is not in the environment. Used once, stored nowhere.",
    ),
]


@slack.command("create")
def slack_create(token: ConfigToken, public_url: PublicUrl = None) -> None:
    """Make the Slack app from the manifest, and say what to do next.

    For Socket Mode, unless there is a public address.
    """
    from bot.app import build_routes
    from bot.basics.settings import read_settings
    from bot.slack.api.app_setup import CreatedApp, configuring, create_app
    from bot.slack.api.manifest import build_manifest

    with _problems_as_sentences():
        settings = read_settings()
        url = public_url or settings.public_url
        manifest = build_manifest(build_routes(), command=settings.command, public_url=url)

        async def make() -> CreatedApp:
            async with configuring(settings, token) as client:
                return await create_app(client, manifest)

        made = asyncio.run(make())
    page = f"https://api.slack.com/apps/{made.id}"
    typer.echo(f"The app {made.id} is made.")
    typer.echo(f"1. Install it: {made.install_url or page + '/install-on-team'}")
    typer.echo(f"2. Copy the bot token from {page}/oauth into SLACK_BOT_TOKEN.")
    if url is None:
        typer.echo(f"3. Make an app-level token with connections:write at {page}/general, for SLACK_APP_TOKEN.")
    else:
        typer.echo("3. Keep these, they are shown once here:")
        typer.echo(f"SLACK_SIGNING_SECRET={made.signing_secret}")
        typer.echo(f"PUBLIC_URL={url}")
    typer.echo("Then start the bot; `dialpad-chatops doctor` says whether anything is missing.")


@slack.command("diff")
def slack_diff(
    app_id: Annotated[str, typer.Argument(metavar="APP", help="The app's id: A…, on its page.")],
    token: ConfigToken,
    public_url: PublicUrl = None,
) -> None:
    """Say what an app lacks of the manifest, or has otherwise. Exit 1 when there is something."""
    from collections.abc import Mapping
    from typing import Any

    from bot.app import build_routes
    from bot.basics.settings import read_settings
    from bot.slack.api.app_setup import configuring, differences, read_app
    from bot.slack.api.manifest import build_manifest

    with _problems_as_sentences():
        settings = read_settings()

        async def read() -> Mapping[str, Any]:
            async with configuring(settings, token) as client:
                return await read_app(client, app_id)

        there = asyncio.run(read())
        url = public_url or settings.public_url
        wanted = build_manifest(build_routes(), command=settings.command, public_url=url)
    found = differences(there, wanted)
    for line in found:
        typer.echo(f"{app_id} {line}")
    if found:
        typer.echo("Paste the output of `dialpad-chatops manifest` under App Manifest, and install the app again.")
        raise typer.Exit(1)
    typer.echo(f"{app_id} is as this version wants it.")


@app.command()
def docs(
    folder: Annotated[Path, typer.Argument(help="Where to write the pages.")] = Path("docs"),
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit 1 when a page differs.")] = False,
) -> None:
    """Write the generated pages: every command with its usage and examples."""
    from bot.app import build_routes
    from bot.pages import write_pages

    for name, text in write_pages(build_routes()).items():
        page = folder / name
        if not check:
            folder.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != text:
            typer.echo(f"{page} is out of date. Run `make docs`.", err=True)
            raise typer.Exit(1)


@sandbox.command("dialpad")
def sandbox_dialpad(port: Annotated[int, typer.Option(help="Loopback port.")] = 3001) -> None:
    """The embedded Dialpad.

    Bearer tokens that work: sandbox-ana (agent), sandbox-sam (supervisor), sandbox-priya (admin), sandbox-noor,
    sandbox-leo, sandbox-mei, and sandbox-company-key for the whole company.
    """
    from bot.sandbox.demo import serve_dialpad

    asyncio.run(serve_dialpad(port))


@sandbox.command("slack")
def sandbox_slack(
    port: Annotated[int, typer.Option(help="Loopback port.")] = 3002,
    events_url: Annotated[
        str | None, typer.Option(help="Deliver by signed HTTP to here instead of Socket Mode.")
    ] = None,
) -> None:
    """The embedded Slack, with its page at /. SLACK_BOT_TOKEN=xoxb-sandbox, SLACK_APP_TOKEN=xapp-sandbox."""
    from bot.sandbox.demo import serve_slack

    asyncio.run(serve_slack(port, events_url))


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to this version. `run` does it by itself."""
    from bot.app import open_store
    from bot.basics.settings import read_settings

    async def upgrade() -> None:
        store = await open_store(read_settings())
        await store.aclose()

    with _problems_as_sentences():
        asyncio.run(upgrade())
    typer.echo("The database is up to date.")


@db.command("purge")
def db_purge() -> None:
    """Throw away what has expired. `run` does it every hour."""
    from bot.app import open_store
    from bot.basics.settings import read_settings

    async def purge() -> int:
        store = await open_store(read_settings())
        try:
            return sum((await store.purge()).values())
        finally:
            await store.aclose()

    with _problems_as_sentences():
        typer.echo(f"{asyncio.run(purge())} expired rows deleted.")


@db.command("backup")
def db_backup(file: Annotated[Path, typer.Argument(help="The file to write: a SQLite database.")]) -> None:
    """Write a consistent copy into a new file, also while the bot runs. Exit 2 when it exists.

    Only its owner may read it. It holds no key: keep ENCRYPTION_KEYS, or the key file, as well.
    """
    from bot import databases
    from bot.basics.settings import read_settings

    with _problems_as_sentences():
        typer.echo(databases.back_up(read_settings(), file))


@db.command("restore")
def db_restore(
    file: Annotated[Path, typer.Argument(help="What `db backup` has written.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace the database that is there.")] = False,
) -> None:
    """Put a backup in the database's place. Exit 2 while a bot runs on it, or without --yes when there is one."""
    from bot import databases
    from bot.basics.settings import read_settings

    with _problems_as_sentences():
        typer.echo(databases.restore(read_settings(), file, replace=yes))


@db.command("check")
def db_check(
    file: Annotated[Path | None, typer.Argument(help="A backup, instead of the database itself.")] = None,
    output: AsOutput = None,
    as_json: AsJson = False,
) -> None:
    """Check the database: damage, version, rows that belong to nothing, sealed values, counts. Exit 1 when something
    is wrong."""
    from bot import databases
    from bot.basics.settings import read_settings

    with _problems_as_sentences():
        found = databases.check(read_settings(), file)
    _print_checks([(one.what, one.ok, one.said) for one in found], _output(output, as_json))


@db.command("copy")
def db_copy(
    to: Annotated[str, typer.Option(help="The other database: sqlite:///file.db or postgresql://user@host/name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is in the other database.")] = False,
) -> None:
    """Copy everything into another database, from SQLite to Postgres or back, and compare counts and checksums.

    Work in flight goes on in the copy once a bot starts there. Stop the bot before the last copy.
    """
    from bot import databases
    from bot.basics.settings import read_settings

    with _problems_as_sentences():
        copied, said = databases.copy(read_settings(), to, replace=yes)
    for table in copied:
        typer.echo(f"ok   {table.name}: {table.rows} rows, {table.checksum}")
    typer.echo(said)


@keys.command("generate")
def keys_generate() -> None:
    """Print a fresh key for ENCRYPTION_KEYS."""
    from bot.store.keys import generate_key

    typer.echo(generate_key())


@keys.command("rotate")
def keys_rotate(
    drop_unreadable: Annotated[
        bool,
        typer.Option("--drop-unreadable", help="Delete rows whose key is lost; those people have to connect again."),
    ] = False,
) -> None:
    """Encrypt everything anew with the first key of ENCRYPTION_KEYS; afterwards the old ones can be removed."""
    from bot.app import open_store
    from bot.basics.settings import read_settings
    from bot.contract.prose import plural
    from bot.store.rotate import Rotation

    async def rotate() -> Rotation:
        store = await open_store(read_settings(), check_keys=False)
        try:
            return await store.rotate(drop_unreadable=drop_unreadable)
        finally:
            await store.aclose()

    with _problems_as_sentences():
        done = asyncio.run(rotate())
        typer.echo(f"Encrypted with the first key: {plural(done.resealed, 'value')}. Deleted: {done.dropped}.")


Keys = Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help="As `events list` shows them.")]
Everything = Annotated[bool, typer.Option("--all", help="Everything that is set aside.")]


@events.command("list")
def events_list(output: AsOutput = None, as_json: AsJson = False) -> None:
    """What was given up after twelve tries, or cannot be read for want of a key. Never what is in it.

    It is kept for two weeks after it came.
    """
    from bot import parked
    from bot.basics.settings import read_settings

    with _problems_as_sentences():
        found = asyncio.run(parked.read_parked(read_settings()))
    how = _output(output, as_json)
    if found or how is not Output.TABLE:
        parked.show(found, sys.stdout, how)
    else:
        typer.echo("Nothing is set aside.")


@events.command("retry")
def events_retry(keys: Keys = None, everything: Everything = False) -> None:
    """Deliver again, with twelve new tries. Exit 2 for an unknown key.

    May be used while the bot runs, and on another machine with the same DATABASE_URL: the work is queued in the
    database, where a running bot finds it within a second, and otherwise the next one that starts.
    """
    from bot import parked
    from bot.basics.settings import read_settings

    typed = _which(keys, everything=everything)
    with _problems_as_sentences():
        count = asyncio.run(parked.retry(read_settings(), typed))
    typer.echo(f"Queued for delivery again: {count}." if count else "Nothing is set aside.")


@events.command("drop")
def events_drop(
    keys: Keys = None,
    everything: Everything = False,
    yes: Annotated[bool, typer.Option("--yes", help="Required: dropped events cannot be recovered.")] = False,
) -> None:
    """Throw away for good, without telling anybody in Slack. Exit 2 for an unknown key."""
    from bot import parked
    from bot.basics.settings import read_settings

    typed = _which(keys, everything=everything)
    if not yes:
        typer.echo("Dropped events cannot be recovered. Add --yes to go ahead.", err=True)
        raise typer.Exit(2)
    with _problems_as_sentences():
        count = asyncio.run(parked.drop(read_settings(), typed))
    typer.echo(f"Dropped: {count}." if count else "Nothing is set aside.")


@app.command()
def audit(
    about: Annotated[str, typer.Option("--object", help="Such as office, or office:5527000000000001.")] = "",
    person: Annotated[str, typer.Option(help="Somebody's Slack id.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    output: AsOutput = None,
    as_json: AsJson = False,
) -> None:
    """Who did what to which object, and as whom at Dialpad; the newest first. No texts, tokens or numbers."""
    from bot import audit_log
    from bot.basics.settings import read_settings

    with _problems_as_sentences():
        settings = read_settings()
        found = asyncio.run(audit_log.read(settings, about=about, user_id=person, limit=limit))
    how = _output(output, as_json)
    if found or how is not Output.TABLE:
        audit_log.show(found, sys.stdout, how)
    else:
        typer.echo(f"There are no such entries. They are kept for {settings.keep_audit_days} days.")
    if len(found) == limit:
        typer.echo(f"These are the newest {limit}; --limit shows more.", err=True)


def _which(keys: list[str] | None, *, everything: bool) -> list[str]:
    """Return the keys, none for everything. Exit 2 when neither or both were asked for."""
    if bool(keys) is everything:
        typer.echo("Give the keys that `dialpad-chatops events list` shows, or --all.", err=True)
        raise typer.Exit(2)
    return keys or []


class _problems_as_sentences:  # noqa: N801  reads as what it does: `with _problems_as_sentences():`
    """Turn problems with the set-up into a sentence on stderr and exit 2, without a traceback."""

    def __init__(self, *, except_for: type[BaseException] | None = None) -> None:
        self._except_for = except_for

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        from bot.basics.errors import ChatopsError

        if self._except_for is not None and isinstance(error, self._except_for):
            return
        if isinstance(error, ChatopsError):
            typer.echo(str(error), err=True)
            raise typer.Exit(2)


_COMPLETE: Final = "_DIALPAD_CHATOPS_COMPLETE"
"""The variable with which a shell asks for completions."""


def main() -> None:
    """Run the console script."""
    if _COMPLETE in os.environ:
        from typer.completion import get_completion_inspect_parameters

        get_completion_inspect_parameters()  # makes typer's shells known
    try:
        app()
    except BrokenPipeError:  # whoever read the output has seen enough: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
