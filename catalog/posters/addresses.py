"""Tells public internet addresses from all others, so that the site fetches nothing from its own network."""

from __future__ import annotations

import ipaddress
import socket

# From IANA's registries of special-purpose addresses. Written out: what Python calls global changes with its version.
_REFUSED_V4 = [
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
# All of the public internet that there is in IPv6. Outside lie loopback, link-local, unique-local and multicast
# addresses, IPv4 in the guise of IPv6 (::ffff:0:0/96), and NAT64 (64:ff9b::/96), behind which private IPv4 may stand.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = [
    ipaddress.IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")  # Teredo and 6to4 carry IPv4 inside
]


def is_public(address: str) -> bool:
    """Whether this IP address is one of the public internet; nonsense is not."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in block for block in _REFUSED_V4)
    return found.scope_id is None and found in _PUBLIC_V6 and not any(found in block for block in _REFUSED_V6)


def resolve(host: str, port: int) -> list[str]:
    """All addresses that a name stands for, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
