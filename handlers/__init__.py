"""One file per word a user types or per kind of event; the file's name is the word."""

from bot.contract.routing import Router


def all_routers() -> list[Router]:
    """Every handler file's router, in the order of help. Importing this package alone loads none of them."""
    from handlers import (  # noqa: PLC0415  imported on request, so that `import handlers` has no effect
        block,
        blocked,
        call,
        calls,
        card,
        connect,
        disconnect,
        dnd,
        duty,
        hangup,
        home,
        menu,
        notify,
        oncall,
        run,
        shortcuts,
        sms,
        status,
        unblock,
        who,
        whoami,
    )
    from handlers import help as help_word  # noqa: PLC0415  as above; `help` is a builtin

    modules = (
        menu, dnd, duty, oncall, status, sms, call, hangup, calls, who, block, unblock, blocked, notify, run, connect,
        disconnect, whoami, help_word, home, shortcuts, card,
    )  # fmt: skip
    return [module.router for module in modules]
