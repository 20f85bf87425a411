"""Which addresses are out in the open: what a text or an event names must not lead into our own network."""

import socket
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver


class PublicHosts(AbstractResolver):
    """Finds public addresses only. It is asked where the connection is made, so that a name cannot lead elsewhere
    between the check and the connection. Addresses written as numbers never come here: see ``is_public``."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises OSError when none is public."""
        found = await self._inner.resolve(host, port, family)
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise OSError("not a public address")
        return public

    async def close(self) -> None:
        await self._inner.close()


def is_public(address: str) -> bool:
    """False for loopback, private, link-local and other special IP addresses, and for what is none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return found.is_global and not found.is_multicast
