"""Where a request comes from, for limits: the network address of whoever sent it, told by nobody but our own proxy."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - nothing is bound to it: a request through a socket file has no address
_HOUSEHOLD = 64  # bits of an IPv6 address: whoever has one address has all that begin alike


def address_of(request: HttpRequest) -> str:
    """The sender's address. Behind a proxy it is the last one in X-Forwarded-For, which the proxy itself wrote; all
    before it is whatever the sender made up. Addresses of one IPv6 household are one."""
    told = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or told
    try:
        address = ip_address(told)
    except ValueError:
        return UNKNOWN
    return _household(address)


def _household(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), _HOUSEHOLD), strict=False).network_address)
