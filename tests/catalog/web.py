"""A web of our own, on this machine, for tests that fetch."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from catalog.posters.fetching import Network, NotFetched, fetch

PUBLIC = "93.184.216.34"
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """A web of our own: names with their addresses, pages behind them, and who was asked for what."""

    port: int = 0
    names: dict[str, list[list[str]]] = field(default_factory=dict)  # the answers of the resolver, one after another
    pages: dict[str, Answer] = field(default_factory=dict)
    connected: list[tuple[str, int]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> list[str]:
        """As the system's resolver; a name with several answers changes its mind each time."""
        if host not in self.names:
            raise socket.gaierror("unknown")
        answers = self.names[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: tuple[str, int], seconds: float) -> socket.socket:
        """Whatever public address is wanted, it stands on this machine."""
        self.connected.append(address)
        return socket.create_connection(("127.0.0.1", self.port), seconds)

    def network(self, seconds: float = 5) -> Network:
        return Network(self.resolve, self.connect, seconds)

    def get(self, address: str, seconds: float = 5) -> bytes:
        return fetch(address, self.network(seconds))


def sends(content: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def leads_to(address: str, status: int = 302) -> Answer:
    return sends(b"", status, Location=address)


@contextmanager
def serving() -> Iterator[Web]:
    """The web on a port of this machine, with one name."""
    web = Web(names={"films.example": [[PUBLIC]]})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append((self.headers["Host"], self.path))
            web.pages.get(self.path, sends(b"", 404))(self)

        def log_message(self, *args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield web
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def refused(why: str) -> Iterator[None]:
    with pytest.raises(NotFetched, match=why):
        yield
