"""Fetches a picture from the web: public addresses only, each redirect checked anew, within bytes and seconds.

The address is resolved once and the connection goes to that very address, so a name that changes its mind in between
(DNS rebinding) gains nothing. No library does both; http.client leaves the connection to us and knows no proxies.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.utils.translation import gettext as _

from catalog.posters.addresses import is_public, resolve
from catalog.posters.pictures import LARGEST_BYTES

PORTS = {"http": 80, "https": 443}
MOST_REDIRECTS = 3
SECONDS = 20.0  # for everything together
_SILENCE = 5.0  # seconds without a byte
_MOST_TRIED = 3  # of the addresses of one name
_REDIRECTS = {301, 302, 303, 307, 308}
_SAFE = "/%:@!$&'()*+,;=~-._?"
_HEADERS = {"Accept": "image/webp,image/jpeg,image/png", "Accept-Encoding": "identity", "User-Agent": "MovieRec"}


class NotFetched(Exception):
    """The picture cannot be had; the message says why."""


@dataclass(frozen=True)
class Network:
    """The way out. Tests put a resolver and a connection of their own here; every check stays as it is."""

    resolve: Callable[[str, int], list[str]] = resolve
    connect: Callable[[tuple[str, int], float], socket.socket] = socket.create_connection
    seconds: float = SECONDS


NETWORK = Network()


def fetch(address: str, network: Network | None = None) -> bytes:
    """The bytes behind an address, whatever they are. Raises NotFetched."""
    way = network or NETWORK
    ends = time.monotonic() + way.seconds
    for _number in range(MOST_REDIRECTS + 1):
        found = _Visit(address, way, ends).get()
        if isinstance(found, bytes):
            return found
        try:
            address = urljoin(address, found)
        except ValueError as problem:
            raise NotFetched(_("it is no address on the web")) from problem
    raise NotFetched(_("it leads on more than %(count)d times") % {"count": MOST_REDIRECTS})


class _Visit:
    """One request to one address."""

    def __init__(self, address: str, network: Network, ends: float) -> None:
        self._parts, self._port = _checked(address)
        self._network = network
        self._ends = ends
        self._socket: socket.socket | None = None
        self._late = False

    def get(self) -> bytes | str:
        """The content, or where it has moved."""
        addresses = self._public_addresses()
        timer = threading.Timer(max(self._ends - time.monotonic(), 0), self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            with closing(HTTPConnection(self._host, self._port)) as connection:
                connection.auto_open = 0  # it must never look the name up by itself
                connection.sock = self._connect(addresses)
                connection.request("GET", self._target(), headers=_HEADERS)
                return self._content(connection.getresponse())
        except (OSError, HTTPException, ValueError) as problem:
            if self._late or isinstance(problem, TimeoutError):
                raise NotFetched(_("it takes too long")) from problem
            raise NotFetched(_("the connection failed")) from problem
        finally:
            timer.cancel()

    @property
    def _host(self) -> str:
        return self._parts.hostname or ""

    def _public_addresses(self) -> list[str]:
        """Every address of the name has to be public; one that is not would be a way in."""
        try:
            found = self._network.resolve(self._host, self._port)
        except (OSError, UnicodeError) as problem:
            raise NotFetched(_("its name is not known")) from problem
        if not found or not all(map(is_public, found)):
            raise NotFetched(_("it is not an address of the public internet"))
        return found

    def _connect(self, addresses: list[str]) -> socket.socket:
        for address in addresses[:_MOST_TRIED]:
            try:
                plain = self._socket = self._network.connect((address, self._port), _SILENCE)
            except OSError as problem:
                failed = problem
                continue
            plain.settimeout(_SILENCE)
            if self._parts.scheme == "https":
                self._socket = ssl.create_default_context().wrap_socket(plain, server_hostname=self._host)
            return self._socket
        raise failed

    def _hang_up(self) -> None:
        """Time is up, however slowly the bytes may still drip."""
        self._late = True
        if self._socket is not None:
            try:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return  # it is closed already

    def _target(self) -> str:
        query = f"?{quote(self._parts.query, safe=_SAFE)}" if self._parts.query else ""
        return f"{quote(self._parts.path or '/', safe=_SAFE)}{query}"

    def _content(self, response: HTTPResponse) -> bytes | str:
        if response.status in _REDIRECTS and (place := response.getheader("Location")):
            return place
        if response.status != 200:
            raise NotFetched(_("the server answers %(status)d") % {"status": response.status})
        content = bytearray()
        while piece := response.read(1 << 16):
            content += piece
            if len(content) > LARGEST_BYTES:
                raise NotFetched(_("it is larger than a picture may be"))
        if self._late or response.length:
            raise NotFetched(_("it takes too long") if self._late else _("the connection failed"))
        return bytes(content)


def _checked(address: str) -> tuple[SplitResult, int]:
    """The parts of an address that may be asked at all: http or https on its own port, and no password in it."""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as problem:
        raise NotFetched(_("it is no address on the web")) from problem
    if PORTS.get(parts.scheme) is None or not parts.hostname:
        raise NotFetched(_("it is no address on the web"))
    if port != PORTS[parts.scheme] or parts.username is not None or parts.password is not None:
        raise NotFetched(_("an address with a port or a password is not fetched"))
    return parts, port
