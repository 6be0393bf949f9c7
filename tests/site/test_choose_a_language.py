"""The site speaks English, Russian and Kazakh: as the browser prefers, as the visitor chooses, as the account says."""

from datetime import date

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format, number_format

from catalog.models import FilmText, User
from tests.builders import make_movie, make_user

pytestmark = pytest.mark.django_db
CHOOSE = "/accounts/language/"


def language(client: Client, address: str = "/films/", **headers: str) -> str:
    """The language that a page says it is in."""
    page = client.get(address, headers=headers).content.decode()
    return page.split('<html lang="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("kk", "kk"), ("de,fr;q=0.7", "en"), ("", "en"), ("xx;q=nonsense,;;", "en")],
)
def test_the_browser_decides_first(client: Client, accepted: str, spoken: str) -> None:
    assert language(client, **{"Accept-Language": accepted}) == spoken


def test_a_visitor_chooses_and_stays_on_the_page(client: Client) -> None:
    answer = client.post(CHOOSE, {"language": "kk", "next": "/films/?q=a"})
    assert (answer.status_code, answer["Location"]) == (302, "/films/?q=a")
    assert language(client, **{"Accept-Language": "ru"}) == "kk"
    page = client.get("/").content.decode()
    assert 'value="kk" lang="kk" aria-pressed="true"' in page
    assert 'value="ru" lang="ru" aria-pressed="false"' in page
    assert ">Русский</button>" in page


@pytest.mark.parametrize("sent", ["de", "", "en-us'--", "русский"])
def test_other_languages_are_refused(client: Client, sent: str) -> None:
    answer = client.post(CHOOSE, {"language": sent})
    assert answer.status_code == 400
    assert "en, ru, kk" in answer.content.decode()
    assert not answer.cookies


def test_a_choice_is_a_press_and_leads_nowhere_else(client: Client) -> None:
    assert client.get(CHOOSE).status_code == 405
    assert client.post(CHOOSE, {"language": "ru", "next": "https://example.org/"})["Location"] == "/"


def test_a_forged_cookie_is_ignored(client: Client) -> None:
    client.cookies["language"] = "../../etc"
    assert language(client) == "en"


def test_the_account_keeps_the_choice_on_every_device(client: Client) -> None:
    ana = make_user("ana")
    client.force_login(ana)
    client.post(CHOOSE, {"language": "ru"})
    elsewhere = Client()
    elsewhere.force_login(ana)
    assert language(elsewhere, **{"Accept-Language": "kk"}) == "ru"
    assert language(elsewhere, "/nowhere/") == "ru"
    elsewhere.cookies["language"] = "kk"
    assert language(elsewhere) == "ru"


def test_a_choice_made_before_moves_into_the_account(client: Client) -> None:
    client.post(CHOOSE, {"language": "kk"})
    data = {"username": "ana", "password1": "velvet-curtain-7", "password2": "velvet-curtain-7"}
    assert client.post("/accounts/sign-up/", data).status_code == 302
    assert User.objects.get(username="ana").language == "kk"


def test_logging_in_does_not_overrule_the_account(client: Client) -> None:
    User.objects.create_user("ana", password="velvet-curtain-7", language="ru")
    client.post(CHOOSE, {"language": "kk"})
    client.post("/accounts/log-in/", {"username": "ana", "password": "velvet-curtain-7"})
    assert User.objects.get(username="ana").language == "ru"
    assert language(client) == "ru"


def test_the_account_page_changes_it_too(client: Client) -> None:
    ana = make_user("ana")
    client.force_login(ana)
    assert client.post("/accounts/", {"language": "kk"}).status_code == 302
    assert language(client) == "kk"
    client.post("/accounts/", {"language": ""})
    assert language(client, **{"Accept-Language": "ru"}) == "ru"
    assert client.post("/accounts/", {"language": "de"}).status_code == 200
    assert User.objects.get(username="ana").language == ""


def test_letters_are_in_the_language_of_their_recipient(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, spoken in (("ana", "ru"), ("ben", "")):
        User.objects.create_user(name, email=f"{name}@example.org", password="velvet-curtain-7", language=spoken)
    heard = []
    send = mail.EmailMultiAlternatives.send
    monkeypatch.setattr(
        mail.EmailMultiAlternatives, "send", lambda self: (heard.append(translation.get_language()), send(self))[1]
    )
    for name in ("ana", "ben"):
        answer = client.post(
            "/accounts/password/forgotten/", {"email": f"{name}@example.org"}, headers={"Accept-Language": "kk"}
        )
        assert answer.status_code == 302
    assert len(mail.outbox) == 2
    assert heard == ["ru", "kk"]


def test_titles_and_descriptions_follow(client: Client) -> None:
    film = make_movie("The Mirror", description="A man remembers.")
    FilmText.objects.create(movie=film, language="ru", title="Зеркало", description="Человек вспоминает.")
    page = client.get(film.get_absolute_url(), headers={"Accept-Language": "ru"}).content.decode()
    assert "<h1>Зеркало</h1>" in page
    assert "Человек вспоминает." in page
    assert f"/posters/ru/{film.pk}.svg" in page
    assert "<h1>The Mirror</h1>" in client.get(film.get_absolute_url()).content.decode()


def test_caches_keep_languages_apart_but_not_pictures(client: Client) -> None:
    film = make_movie()
    page = client.get("/films/")
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in page["Vary"].split(",")}
    assert page["Content-Language"] == "en"
    picture = client.get(f"/posters/ru/{film.pk}.svg", headers={"Accept-Language": "kk"})
    assert "Language" not in picture.get("Vary", "")
    assert "Content-Language" not in picture


@pytest.mark.parametrize(
    ("spoken", "day", "number"),
    [("en", "Nov. 3, 2026", "1234.50"), ("ru", "3 ноября 2026 г.", "1234,50"), ("kk", "2026 ж. 3 қараша", "1234,50")],
)
def test_dates_and_numbers_follow(spoken: str, day: str, number: str) -> None:
    with translation.override(spoken):
        assert date_format(date(2026, 11, 3)).lower() == day.lower()
        assert number_format(1234.5, 2, use_l10n=True) == number


def test_pages_without_a_session_speak_the_language_too(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.ALLOWED_HOSTS = ["example.org"]  # type: ignore[attr-defined]
    answer = client.get("/", headers={"Accept-Language": "kk"})
    assert answer.status_code == 400
    assert '<html lang="kk">' in answer.content.decode()
