"""Checks for public addresses: what a text or an event names must not lead into our own network."""

import re
import socket
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_network
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

_NOT_PUBLIC_4: Final = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
"""All of https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast. ``ipaddress.is_global`` differs
from one Python to the next."""
_HANDED_OUT_6: Final = ip_network("2000::/3")
"""The only part of IPv6 that public hosts get their addresses from. Outside are loopback, link-local, unique local,
and the mapped, compatible and NAT64 forms (``64:ff9b::/96``), which lead to any IPv4 address there is."""
_NOT_PUBLIC_6: Final = tuple(
    ip_network(network)
    for network in (
        "2001::/23",  # Teredo and other protocols
        "2001:db8::/32", "3fff::/20",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",
    )
)  # fmt: skip

_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE | re.ASCII)
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE | re.ASCII)
_LONGEST_NAME: Final = 253


class PublicHosts(AbstractResolver):
    """A resolver that finds public addresses only. It is asked where the connection is made, so that a name cannot
    lead elsewhere between the check and the connection. Addresses written as numbers never come here: see
    ``may_be_public``."""

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
        if ":" in address:
            six = IPv6Address(address.partition("%")[0])
            return six in _HANDED_OUT_6 and not any(six in network for network in _NOT_PUBLIC_6)
        four = IPv4Address(address)
    except AddressValueError:
        return False
    return not any(four in network for network in _NOT_PUBLIC_4)


def may_be_public(host: str) -> bool:
    """Tell whether the host of an address is a public IP address or a name, which is looked up on connecting.

    A name that ends in a number is none: resolvers read ``0177.0.0.1``, ``0x7f.1`` and ``2130706433`` as 127.0.0.1.
    """
    if ":" in host:
        return is_public(host)
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return is_public(host)
    return len(host) <= _LONGEST_NAME and all(map(_LABEL.fullmatch, labels))
