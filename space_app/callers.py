"""Who asks: a session of the browser, and the network address behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple

from klue_common.errors import InputError

Network = IPv4Network | IPv6Network
HOUSEHOLD = 64  # bits of an IPv6 address that one customer of a provider has for itself
NOBODY = "0.0.0.0"


class Caller(NamedTuple):
    """A session and the address that it comes from; limits are counted for both."""

    session: str | None
    address: str = NOBODY

    @classmethod
    def of(cls, request: Any) -> Caller:
        """Return who sends a `gradio.Request`; `door.Door` has put the address there."""
        return cls(request.session_hash, getattr(request.client, "host", None) or NOBODY)


def networks_of(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks.

    Raises:
        InputError: a text is none.

    Example:
        >>> networks_of(["10.0.0.0/8"])
        (IPv4Network('10.0.0.0/8'),)
    """
    found = []
    for text in texts:
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            raise InputError(
                f"trusted proxy: found {text!r}, expected a network like 10.0.0.0/8"
            ) from None
    return tuple(found)


def address_of(peer: str, forwarded: str, trusted: Iterable[Network]) -> str:
    """Return the address that a request comes from.

    Args:
        peer: who has opened the connection.
        forwarded: the header X-Forwarded-For, to which each proxy adds its own peer on the right.
        trusted: the networks of proxies. Of anybody else the header is not read, so that nobody
            can choose an address.

    Example:
        >>> proxies = networks_of(["10.0.0.0/8"])
        >>> address_of("10.0.0.1", "6.6.6.6, 9.9.9.9, 10.0.0.2", proxies)
        '9.9.9.9'
        >>> address_of("9.9.9.9", "6.6.6.6", proxies)
        '9.9.9.9'
    """
    networks = tuple(trusted)
    hops = [peer, *(part.strip() for part in reversed(forwarded.split(",")) if part.strip())]
    at = peer
    for hop in hops:
        try:
            address = ip_address(hop)
        except ValueError:
            break  # the last one that can be read stays
        at = hop
        if not any(address in network for network in networks):
            break
    return household(at)


def household(address: str) -> str:
    """Return an address, of an IPv6 one the network that is one customer's.

    >>> household("2001:db8::1"), household("9.9.9.9"), household("::ffff:9.9.9.9")
    ('2001:db8::/64', '9.9.9.9', '9.9.9.9')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, HOUSEHOLD), strict=False))


def header(scope: Mapping[str, Any], name: bytes) -> str:
    """Return a header of a request, its lines joined; "" without it."""
    lines = [value for key, value in scope.get("headers", ()) if key == name]
    return b",".join(lines).decode("latin-1")
