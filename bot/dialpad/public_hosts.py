"""Checks for public addresses: what a text or an event names must not lead into our own network."""

import socket
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver


class PublicHosts(AbstractResolver):
    """A resolver that finds public addresses only. It is asked where the connection is made, so that a name cannot
    lead elsewhere between the check and the connection. Addresses written as numbers never come here: see
    ``is_public``."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Resolve ``host`` to its public addresses. Raises OSError when there are none."""
        found = await self._inner.resolve(host, port, family)
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise OSError("not a public address")
        return public

    async def close(self) -> None:
        await self._inner.close()


def is_public(address: str) -> bool:
    """Tell whether an IP address is public: not loopback, private, link-local or otherwise special. False for text
    that is none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return found.is_global and not found.is_multicast
