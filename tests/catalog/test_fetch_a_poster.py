"""A poster is fetched from its address: from the public internet only, within limits, and nothing but a picture."""

import socket
import time
from http.server import BaseHTTPRequestHandler

import pytest

from catalog.posters import fetching
from catalog.posters.addresses import is_public
from catalog.posters.fetching import Network, NotFetched, fetch
from tests.catalog.web import PUBLIC, Web, leads_to, refused, sends


def test_what_stands_behind_an_address_is_fetched(web: Web) -> None:
    web.pages["/p%20%C3%A9.jpg?a=1&b=%20"] = sends(b"bytes")
    assert web.get("http://films.example/p é.jpg?a=1&b=%20#part") == b"bytes"
    assert web.connected == [(PUBLIC, 80)]
    assert web.asked == [("films.example", "/p%20%C3%A9.jpg?a=1&b=%20")]


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001::1"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9"),
        *("192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
        *("64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "3fff::1", "2001:10::1", "100::1"),
        *("", "localhost", "1", "0x7f.1", "2130706433", "127.1", "93.184.216.34.", "２", "[::1]"),
    ],
)
def test_all_others_are_refused_before_anything_is_sent(address: str) -> None:
    assert not is_public(address)
    web = Web(names={"films.example": [[address]]})
    with refused("not an address of the public internet"):
        web.get("http://films.example/p.jpg")
    assert not web.connected


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1", "0177.0.0.1", "0", "0.0.0.0", "127.0.0.1."),  # noqa: S104 (asked for, not bound to)
        *(
            "localhost",
            "LOCALHOST",
            "localhost.",
            "ip6-localhost",
            "１２７.0.0.1",
            "①②⑦.⓪.⓪.①",
            "127。0。0。1",
            "%31%32%37.0.0.1",
        ),
        *("[::]", "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:a9fe:a9fe]", "[64:ff9b::a00:1]", "[2002:7f00:1::]"),
        *("[fe80::1%25lo]", "10.1", "3232235777", "169.254.169.254", "127.0.0.1%00.films.example", "127.0.0.1\t"),
    ],
)
@pytest.mark.parametrize(
    "at", ["http://{}/p.jpg", "https://{}/p.jpg", "http://films.example@{}/", "http://{}:80/p.jpg"]
)
def test_no_guise_of_an_inside_host_gets_past_the_systems_own_resolver(host: str, at: str) -> None:
    web = Web()
    with pytest.raises(NotFetched):
        fetch(at.format(host), Network(connect=web.connect))
    assert web.connected == []


def test_one_private_address_among_public_ones_is_refused() -> None:
    web = Web(names={"films.example": [[PUBLIC, "2606:4700:4700::1111", "10.0.0.1"]]})
    with refused("not an address of the public internet"):
        web.get("https://films.example/p.jpg")
    assert not web.connected


def test_a_name_that_changes_its_mind_gains_nothing(web: Web) -> None:
    web.names["films.example"] = [[PUBLIC], ["127.0.0.1"]]
    web.pages["/p.jpg"] = sends(b"bytes")
    assert web.get("http://films.example/p.jpg") == b"bytes"
    assert web.connected == [(PUBLIC, 80)]  # the address that was checked, and no second question
    with refused("not an address of the public internet"):
        web.get("http://films.example/p.jpg")


@pytest.mark.parametrize(
    "place", ["http://inside.example/", "http://127.0.0.1/", "http://[::1]/", "//inside.example/x"]
)
def test_a_redirect_into_the_inside_is_refused(web: Web, place: str) -> None:
    web.names |= {"inside.example": [["192.168.0.1"]], "127.0.0.1": [["127.0.0.1"]], "::1": [["::1"]]}
    web.pages["/p.jpg"] = leads_to(place)
    with refused("not an address of the public internet"):
        web.get("http://films.example/p.jpg")
    assert len(web.connected) == 1


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://films.example/", "gopher://films.example/", "http://["])
def test_a_redirect_to_something_else_is_refused(web: Web, place: str) -> None:
    web.pages["/p.jpg"] = leads_to(place)
    with refused("it is no address on the web"):
        web.get("http://films.example/p.jpg")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_three_redirects_are_followed_and_no_more(web: Web, status: int) -> None:
    web.names["other.example"] = [["1.1.1.1"]]
    for number in range(3):
        web.pages[f"/{number}"] = leads_to(f"//other.example/{number + 1}", status)
    web.pages["/3"] = sends(b"bytes")
    assert web.get("http://films.example/0") == b"bytes"
    assert web.connected == [(PUBLIC, 80), ("1.1.1.1", 80), ("1.1.1.1", 80), ("1.1.1.1", 80)]
    web.pages["/3"] = leads_to("/4", status)
    with refused("more than 3 times"):
        web.get("http://films.example/0")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("file:///etc/passwd", "no address on the web"),
        ("javascript:alert(1)", "no address on the web"),
        ("films.example/p.jpg", "no address on the web"),
        ("http:///p.jpg", "no address on the web"),
        ("http://[::1", "no address on the web"),
        ("http://films.example:99999/", "no address on the web"),
        ("http://films.example:22/", "with a port or a password"),
        ("https://films.example:80/", "with a port or a password"),
        ("http://user:word@films.example/", "with a port or a password"),
        ("http://nowhere.example/", "its name is not known"),
        ("http://films.example/missing", "the server answers 404"),
        ("http://films.example/x y\r\nHost: inside", "the server answers 404"),
    ],
)
def test_addresses_that_make_no_sense(web: Web, address: str, why: str) -> None:
    with refused(why):
        web.get(address)


def test_what_is_too_large_is_cut_off(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LARGEST_BYTES", 1000)
    web.pages["/p.jpg"] = sends(b"x" * 1001)
    with refused("larger than a picture may be"):
        web.get("http://films.example/p.jpg")
    web.pages["/p.jpg"] = sends(b"x" * 1000)
    assert len(web.get("http://films.example/p.jpg")) == 1000


def test_what_drips_is_cut_off(web: Web) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
        try:
            for number in range(100):
                handler.wfile.write(b"X-%d: x\r\n" % number)
                time.sleep(0.05)
        except OSError:
            return

    web.pages["/p.jpg"] = drip
    started = time.monotonic()
    with refused("it takes too long"):
        web.get("http://films.example/p.jpg", seconds=0.3)
    assert time.monotonic() - started < 3


def test_what_breaks_off_is_no_picture(web: Web) -> None:
    web.pages["/p.jpg"] = sends(b"half", Content_Length="100")
    with refused("the connection failed"):
        web.get("http://films.example/p.jpg")


def test_a_server_that_does_not_answer(web: Web) -> None:
    def fail(address: tuple[str, int], seconds: float) -> socket.socket:
        raise ConnectionRefusedError

    with refused("the connection failed"):
        fetch("http://films.example/p.jpg", Network(web.resolve, fail))


def test_https_needs_a_certificate_of_that_name(web: Web) -> None:
    with refused("the connection failed"):  # plain text where TLS is wanted
        web.get("https://films.example/p.jpg")
    assert web.connected == [(PUBLIC, 443)]
