"""A poster is fetched from its address: from the public internet only, within limits, and nothing but a picture."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from catalog.models import CatalogueImport, Movie
from catalog.posters import fetching, rounds
from catalog.posters.addresses import is_public
from catalog.posters.fetching import Network, NotFetched, fetch
from jobs.models import Job
from tests.builders import make_movie, make_user
from tests.catalog.files import run, write
from tests.catalog.pictures import bomb, picture

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


@pytest.fixture
def web() -> Iterator[Web]:
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


# In the admin


@pytest.fixture
def curator(client: Client) -> Client:
    user = make_user("curator", is_staff=True)
    user.groups.add(Group.objects.get(name="Curators"))
    client.force_login(user)
    return client


@pytest.fixture
def online(web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setattr(fetching, "NETWORK", web.network())
    return web


def fetch_now(client: Client, movie: Movie) -> str:
    return client.post(reverse("admin:catalog_movie_fetch_poster", args=[movie.pk]), follow=True).content.decode()


@pytest.mark.django_db
def test_one_film_is_fetched_now(curator: Client, online: Web, tmp_path: Path) -> None:
    online.pages["/heat.jpg"] = sends(picture(800, 1200))
    movie = make_movie("Heat", poster_url="http://films.example/heat.jpg")
    page = curator.get(reverse("admin:catalog_movie_change", args=[movie.pk])).content.decode()
    assert "Fetch now" in page
    assert "1 poster fetched." in fetch_now(curator, movie)
    movie.refresh_from_db()
    assert list(movie.poster_sizes) == [160, 240, 480, 720]
    assert (Job.objects.get().kind, Job.objects.get().result) == ("fetch_posters", {"fetched": 1, "failed": 0})
    assert f'src="{movie.poster.url}"' in Client().get(movie.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_fetching_again_replaces_the_picture_and_its_files(
    curator: Client, online: Web, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    movie = make_movie("Heat", poster_url="http://films.example/heat.jpg")
    for colour in ("red", "blue"):
        online.pages["/heat.jpg"] = sends(picture(colour=colour))
        with django_capture_on_commit_callbacks(execute=True):
            fetch_now(curator, movie)
    assert len(list((tmp_path / "media").rglob("*.webp"))) == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (sends(b"<html>no</html>", Content_Type="image/jpeg"), "This is no picture that we can read."),
        (sends(bomb()), "The picture has too many pixels"),
        (leads_to("http://169.254.169.254/latest/meta-data/"), "cannot be fetched: its name is not known"),
        (sends(b"", 500), "cannot be fetched: the server answers 500"),
    ],
)
def test_what_cannot_be_had_is_said_and_the_old_picture_stays(
    curator: Client, online: Web, answer: Answer, why: str
) -> None:
    online.pages["/heat.jpg"] = answer
    movie = make_movie("Heat", poster_url="http://films.example/heat.jpg", poster="posters/old.png")
    assert why in fetch_now(curator, movie)
    assert Movie.objects.get().poster.name == "posters/old.png"


@pytest.mark.django_db
def test_a_film_without_an_address_says_what_to_do(curator: Client) -> None:
    assert "The film has no poster address." in fetch_now(curator, make_movie("Heat"))
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_selected_films_are_fetched_and_pictures_that_are_there_stay(curator: Client, online: Web) -> None:
    online.pages |= {"/a.jpg": sends(picture()), "/b.jpg": sends(b"no")}
    films = [
        make_movie("A", poster_url="http://films.example/a.jpg"),
        make_movie("B", poster_url="http://films.example/b.jpg"),
        make_movie("C", poster_url="http://films.example/c.jpg", poster="posters/old.png"),
        make_movie("D"),
    ]
    data = {"action": "fetch_posters", "_selected_action": [film.pk for film in films]}
    page = curator.post("/admin/catalog/movie/", data, follow=True).content.decode()
    assert "1 poster fetched." in page
    assert "B (2001): This is no picture" in page
    assert {path for _host, path in online.asked} == {"/a.jpg", "/b.jpg"}
    assert titles(curator, "own") == {"A", "C"}
    assert titles(curator, "fetch") == {"B"}
    assert titles(curator, "none") == {"D"}
    page = curator.post("/admin/catalog/movie/", {**data, "_selected_action": [films[3].pk]}, follow=True)
    assert "None of these films lacks a picture" in page.content.decode()


def titles(client: Client, kind: str) -> set[str]:
    found = client.get("/admin/catalog/movie/", {"picture": kind}).context["cl"].result_list
    return {film.title for film in found}


@pytest.mark.django_db
def test_the_films_of_an_import_are_fetched(curator: Client, online: Web, tmp_path: Path) -> None:
    online.pages["/a.jpg"] = sends(picture())
    run("import_movies", write(tmp_path, "title,poster\nHeat,http://films.example/a.jpg\nAlien,\n"))
    found = CatalogueImport.objects.get()
    page = reverse("admin:catalog_catalogueimport_change", args=[found.pk])
    assert "Fetch 1 poster<" in curator.get(page).content.decode()
    curator.post(reverse("admin:catalog_catalogueimport_posters", args=[found.pk]))
    assert Movie.objects.get(title="Heat").poster
    assert "Fetch 1 poster" not in curator.get(page).content.decode()


@pytest.mark.django_db
def test_a_killed_round_goes_on_with_what_is_missing(online: Web) -> None:
    online.pages |= {f"/{n}.jpg": sends(picture()) for n in range(3)}
    films = [make_movie(f"Film {n}", poster_url=f"http://films.example/{n}.jpg") for n in range(3)]

    class Died(BaseException):
        pass

    def die(done: int, total: int) -> None:
        if done == 2:
            raise Died

    ids = [film.pk for film in films]
    with pytest.raises(Died):
        rounds.fetch_all(ids, die, print, again=False)
    counts = rounds.fetch_all(ids, lambda done, total: None, print, again=False)
    assert counts == {"fetched": 1, "failed": 0}
    assert [path for _host, path in online.asked] == ["/0.jpg", "/1.jpg", "/2.jpg"]


@pytest.mark.django_db
def test_others_are_refused(client: Client, web: Web) -> None:
    movie = make_movie("Heat", poster_url="http://films.example/heat.jpg")
    found = CatalogueImport.objects.create(file_name="x.csv", state="done")
    for user in (None, make_user(), make_user(is_staff=True)):
        if user:
            client.force_login(user)
        for name, pk in (("catalog_movie_fetch_poster", movie.pk), ("catalog_catalogueimport_posters", found.pk)):
            assert client.post(reverse(f"admin:{name}", args=[pk])).status_code in (302, 403)
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_looking_fetches_nothing(curator: Client) -> None:
    movie = make_movie("Heat", poster_url="http://films.example/heat.jpg")
    assert curator.get(reverse("admin:catalog_movie_fetch_poster", args=[movie.pk])).status_code == 405
    assert curator.post(reverse("admin:catalog_movie_fetch_poster", args=[999])).status_code == 404
