"""The servers that are compared, each in a process of its own: ``python -m tests.bench.servers NAME [PORT]``."""

import asyncio
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from bot.sandbox.serving import ASGI, listen, serving
from tests.bench.counting import SYNCS, Counter
from tests.bench.load import SETTLED_PATH
from tests.bench.slack_floors import Settled, build_bolt, serving_calls, serving_durable
from tests.compiled import build_library

CHECKOUT: Final = Path(__file__).parents[2]
CHILDREN: Final = "tests.bench.servers"


@contextmanager
def running(*names: str) -> Iterator[dict[str, int]]:
    """Start these servers and return their ports by name. ``floor again`` is another like ``floor``."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="chatops-bench-")))
        library = build_library(SYNCS, folder)
        counting = {"LD_PRELOAD": str(library)} if library else {}
        outputs = {name: _start(name, stack, counting) for name in names}
        yield {name: _read_port(name, output) for name, output in outputs.items()}


def _start(name: str, stack: ExitStack, counting: dict[str, str]) -> IO[str]:
    command = [sys.executable, "-m", CHILDREN, name.removesuffix(" again")]
    pipe = subprocess.PIPE
    process = stack.enter_context(
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=CHECKOUT, env=os.environ | counting)
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stack.callback(process.stdin.close)  # which ends it; leaving the process's own context waits for that
    return process.stdout


def _read_port(name: str, output: IO[str]) -> int:
    port = output.readline()
    if not port:
        raise SystemExit(f"The server {name!r} did not start.")
    return int(port)


def _with_settled(app: ASGI, settled: Settled, counter: Counter) -> ASGI:
    """``app``, and a path that answers when nothing is under way, with what was spent until then."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] != SETTLED_PATH:
            await app(scope, receive, send)
            return
        await settled()
        body = json.dumps(counter.now().as_json()).encode()
        length = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": body})

    return answer


async def _nothing_under_way() -> None:
    """Bolt's one listener has done everything when it has acknowledged."""


async def _build(name: str, counter: Counter, closing: AsyncExitStack) -> tuple[ASGI, Settled]:
    """Build one of the shapes. Bolt's own servers should not carry our imports."""
    kind, _, number = name.partition("-")
    enter = closing.enter_async_context
    match kind:
        case "stock" | "floor":
            return build_bolt(process_before_response=kind == "floor"), _nothing_under_way
        case "durable" | "whole":
            return await enter(serving_durable(counter) if kind == "durable" else serving_calls(counter))
        case "dialpad":
            from tests.bench.dialpad_server import build_dialpad  # noqa: PLC0415

            return await build_dialpad(), _nothing_under_way
    from tests.bench import our_servers  # noqa: PLC0415

    return await enter(our_servers.serving(kind, number, counter))


async def main(name: str, port: int = 0) -> None:
    """Print the port, then serve until stdin ends: that is when whoever started this is done or gone.

    ``stock``, ``floor`` and ``durable-floor`` are Bolt's; ``ours-<ids>`` is ours with so many routes;
    ``audited-<rows>`` is ours with so many audit rows;
    ``events-floor``, ``events-ours`` and ``events-folded`` take Dialpad's events; ``dialpad`` answers as Dialpad does.
    ``bot`` is all of it, as the environment says, and ``whole-floor`` what makes the same HTTP calls.
    """
    counter = Counter()
    async with AsyncExitStack() as closing:
        app, settled = await _build(name, counter, closing)
        bound = listen(port)
        await closing.enter_async_context(serving(_with_settled(app, settled, counter), bound))
        gc.collect()
        gc.freeze()
        sys.stdout.write(f"{bound.getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
