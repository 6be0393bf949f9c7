"""Guessing passwords is slow, locks nobody else out, and tells nothing about who has an account."""

from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings as site
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import User
from jobs.kinds import kind_of
from jobs.progress import Progress
from jobs.work import Job
from tests.builders import make_movie, make_user

pytestmark = pytest.mark.django_db
PASSWORD, WRONG = "a long old password", "wrong"
LOG_IN, ADMIN = "/accounts/log-in/", "/admin/login/"
HOME, AWAY = "192.0.2.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    """Slow hashes are right for people and of no use here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ana() -> User:
    user = make_user("ana", email="ana@example.org", is_staff=True)
    user.set_password(PASSWORD)
    user.save()
    return user


def guess(name: str = "ana", password: str = WRONG, *, at: str = LOG_IN, come_from: str = HOME, **more: Any) -> Any:
    return Client(REMOTE_ADDR=come_from).post(at, {"username": name, "password": password}, **more)


def lock(at: str = LOG_IN) -> None:
    for _ in range(site.AXES_FAILURE_LIMIT):
        guess(at=at)


@pytest.mark.parametrize("at", [LOG_IN, ADMIN])
def test_after_many_wrong_passwords_even_the_right_one_has_to_wait(ana: User, at: str) -> None:
    lock(at)
    answer = guess(password=PASSWORD, at=at)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    page = answer.content.decode()
    assert "Try again in 15 minutes" in page
    assert "/accounts/password/forgotten/" in page


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_the_refusal_speaks_the_visitors_language(ana: User, language: str) -> None:
    lock()
    page = guess(headers={"Accept-Language": language}).content.decode()
    assert f'lang="{language}"' in page
    assert "A moment, please" not in page
    assert "15 minutes" not in page


def test_nobody_locks_the_owner_out_who_comes_from_elsewhere(ana: User) -> None:
    lock()
    assert guess(password=PASSWORD, come_from=AWAY).status_code == 302


def test_others_at_the_same_address_log_in_as_usual(ana: User) -> None:
    bo = make_user("bo")
    bo.set_password(PASSWORD)
    bo.save()
    lock()
    assert guess("bo", PASSWORD).status_code == 302


def test_capitals_make_no_more_guesses(ana: User) -> None:
    for name in ["ana", "ANA", "Ana ", "aNa"] * (site.AXES_FAILURE_LIMIT // 4):
        guess(name)
    assert guess(password=PASSWORD).status_code == 429


def test_an_address_that_the_sender_made_up_is_not_believed(ana: User, settings: Any) -> None:
    for number in range(site.AXES_FAILURE_LIMIT):
        guess(headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert guess(password=PASSWORD).status_code == 429
    settings.BEHIND_PROXY = True
    for number in range(site.AXES_FAILURE_LIMIT):
        guess(come_from="127.0.0.1", headers={"X-Forwarded-For": f"203.0.113.{number}, {AWAY}"})
    assert guess(password=PASSWORD, come_from="127.0.0.1", headers={"X-Forwarded-For": AWAY}).status_code == 429


def test_one_household_is_one_address(ana: User) -> None:
    for number in range(site.AXES_FAILURE_LIMIT):
        guess(come_from=f"2001:db8:1:2::{number}")
    assert guess(password=PASSWORD, come_from="2001:db8:1:2:ffff::1").status_code == 429
    assert guess(password=PASSWORD, come_from="2001:db8:1:3::1").status_code == 302


@pytest.mark.parametrize("come_from", ["", "unix:", "::ffff:192.0.2.1", "999.1.1.1"])
def test_strange_addresses_are_no_fault_of_ours(ana: User, come_from: str) -> None:
    assert guess(come_from=come_from).status_code == 200
    assert guess(password=PASSWORD, come_from=come_from).status_code == 302


def test_success_forgets_the_typing_errors(ana: User) -> None:
    for _ in range(site.AXES_FAILURE_LIMIT - 1):
        guess()
    assert guess(password=PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()


def test_a_forgotten_password_helps_while_locked_out(ana: User) -> None:
    lock()
    browser = Client(REMOTE_ADDR=HOME)
    browser.post("/accounts/password/forgotten/", {"email": ana.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/new/" in word)
    form = browser.get(link, follow=True).redirect_chain[-1][0]
    answer = browser.post(form, {"new_password1": "another 8 letters", "new_password2": "another 8 letters"})
    assert answer.status_code == 302
    assert browser.session["_auth_user_id"] == str(ana.pk)


def test_the_letter_is_sent_later_so_that_the_clock_tells_nothing(ana: User, settings: Any) -> None:
    """With an account or without one: as many questions to the database, one job, and no letter within the request."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.JOBS_AT_ONCE = False
    counts = []
    for address in (ana.email, "nobody@example.org", ana.email):
        with CaptureQueriesContext(connection) as queries:
            Client().post("/accounts/password/forgotten/", {"email": address})
        counts.append(len(queries))
    assert len(set(counts[1:])) == 1  # the first one of all also looks up what is remembered afterwards
    assert mail.outbox == []
    jobs = list(Job.objects.order_by("pk").values_list("started_by", "arguments__user_ids"))
    assert jobs == [(None, [ana.pk]), (None, []), (None, [ana.pk])]
    assert "@" not in str(list(Job.objects.values()))  # what was typed is kept nowhere
    for job in Job.objects.all():
        kind_of(job.kind).run(Progress(job, in_background=False), **job.arguments)
    assert [letter.to for letter in mail.outbox] == [[ana.email]] * 2


def test_a_mail_server_that_is_away_is_told_to_the_operator_alone(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("catalog.letters.send_mail", away)
    answer = Client().post("/accounts/password/forgotten/", {"email": ana.email})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/sent/")
    job = Job.objects.get()
    assert (job.state, job.error) == ("failed", "The mail server did not take the letter. Is EMAIL_URL right?")
    assert job not in Job.objects.visible_to(ana)


def test_no_password_is_written_down(ana: User) -> None:
    guess(password="my other site's password")
    row = AccessAttempt.objects.values().get()
    assert "other site" not in str(row)


def test_nothing_tells_whether_a_name_has_an_account(ana: User) -> None:
    make_user("sleeping", is_active=False)
    pages = {guess(name).content.decode().replace(name, "") for name in ("ana", "nobody", "sleeping")}
    assert len({_without_token(page) for page in pages}) == 1
    for _ in range(site.AXES_FAILURE_LIMIT):
        guess("nobody")
    assert guess("nobody").status_code == 429  # as for a name that exists


def test_unknown_names_cost_as_much_work_as_known_ones(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """What tells them apart by the clock is the hashing of the password: it is done for both, once."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    counts = []
    for name in ("ana", "nobody"):
        hashed.clear()
        guess(name)
        counts.append(len(hashed))
    assert counts == [1, 1]


def _without_token(page: str) -> str:
    return "".join(part for part in page.split('"') if len(part) < 60)


def test_logging_in_gives_a_session_of_a_new_name(ana: User) -> None:
    browser = Client()
    browser.get("/start/")
    browser.post("/accounts/theme/", {"theme": "dark"})
    session = browser.session
    session["before"] = 1
    session.save()
    before = session.session_key
    browser.post(LOG_IN, {"username": "ana", "password": PASSWORD})
    assert browser.session["_auth_user_id"] == str(ana.pk)
    assert browser.session.session_key != before


def test_a_new_password_ends_all_other_sessions(ana: User) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post(LOG_IN, {"username": "ana", "password": PASSWORD})
    before = here.session.session_key
    answer = here.post(
        "/accounts/password/",
        {"old_password": PASSWORD, "new_password1": "another 8 letters", "new_password2": "another 8 letters"},
    )
    assert answer.status_code == 302
    assert here.session.session_key != before
    assert here.get("/accounts/").status_code == 200
    assert there.get("/accounts/").status_code == 302


ELSEWHERE = [
    *("//evil.example", "https://evil.example", "http:evil.example", "///evil.example", "/\\evil.example"),
    *("\\\\evil.example", "javascript:alert(1)", "data:text/html,evil", "/\tevil\n/x", "https:/evil.example"),
    *("http://testserver@evil.example", "//testserver@evil.example/", "\x00//evil.example", " //evil.example"),
    *("/%0d%0aLocation://evil.example\r\nX: evil", "ftp://evil.example", "//evil.example\\@testserver"),
]


def stays_here(answer: Any) -> None:
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith(("//", "/\\", "/\t"))
    assert "X" not in answer.headers


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("at", [LOG_IN, ADMIN, "/accounts/sign-up/", "/accounts/theme/", "/accounts/language/"])
def test_no_form_leads_to_another_site(ana: User, at: str, address: str) -> None:
    name = "new" if "sign-up" in at else "ana"
    data = {"username": name, "password": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    stays_here(Client().post(at, {**data, "theme": "dark", "language": "en", "next": address}))


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_button_leads_to_another_site(ana: User, address: str) -> None:
    browser, movie = Client(), make_movie()
    browser.force_login(ana)
    job = Job.objects.create(kind="import_history", title="x", state="failed", started_by=ana)
    for at in (f"/films/{movie.pk}/like/", f"/films/{movie.pk}/mark/seen/", f"/jobs/{job.pk}/cancel/"):
        stays_here(browser.post(at, {"liked": "1", "on": "1", "next": address}))


@pytest.mark.parametrize("address", ELSEWHERE)
def test_who_is_logged_in_already_is_led_nowhere_else(ana: User, address: str) -> None:
    browser = Client()
    browser.force_login(ana)
    for at in (LOG_IN, ADMIN, "/accounts/sign-up/"):
        stays_here(browser.get(at, {"next": address}))
