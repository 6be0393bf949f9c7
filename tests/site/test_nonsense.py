"""Whatever stands in an address or a form, the answer is a page: never a fault of ours."""

import pytest
from django.test import Client

from tests.builders import make_movie, make_user
from tests.site.pages import teach

pytestmark = pytest.mark.django_db
NONSENSE = [
    *("", "0", "-1", "x", "9" * 30, "²", "٣", "1.5", "1e9", "NaN", "None", "1,2", "..", "me", "nobody"),
    *("\x00", "%00", "a\nb", "' OR 1=1 --", "<script>", "😀", "a" * 600, "//evil.example"),
]
PAGES = {
    "/": "taste profile q genre without country year_from year_to longest dial seen shown",
    "/films/": "q genre decade country sort page",
    "/my-films/": "tab q sort page",
    "/recommendations/": "x",
    "/start/": "x",
    "/genres/{genre}/": "page",
    "/films/{film}/": "x",
    "/posters/en/{film}.svg": "v",
    "/accounts/log-in/": "next",
    "/accounts/sign-up/": "next",
}
FORMS = {
    "/films/{film}/like/": "liked next",
    "/films/{film}/mark/seen/": "on next",
    "/accounts/theme/": "theme next",
    "/accounts/sign-up/": "username email password1 password2 next",
    "/accounts/log-in/": "username password next",
    "/accounts/password/forgotten/": "email",
}


def filled(address: str) -> str:
    movie = make_movie("Solaris", genres=["Drama"])
    teach({movie: [1, 0], make_movie(): [0, 1]})
    return address.format(film=movie.pk, genre=movie.genres.get().pk)


@pytest.mark.parametrize("is_staff", [False, True])
@pytest.mark.parametrize("page", PAGES)
def test_nonsense_in_an_address(client: Client, page: str, is_staff: bool) -> None:
    address = filled(page)
    if is_staff:
        client.force_login(make_user(is_staff=True))
    for value in NONSENSE:
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(address, dict.fromkeys(PAGES[page].split(), value), headers=headers)
            assert answer.status_code in (200, 302, 404), value


@pytest.mark.parametrize("page", FORMS)
def test_nonsense_in_a_form(client: Client, page: str) -> None:
    address = filled(page)
    for value in NONSENSE:
        answer = client.post(address, dict.fromkeys(FORMS[page].split(), value))
        assert answer.status_code in (200, 302, 400), value
        assert "evil" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "address",
    ["/films/٣/", "/people/" + "9" * 20 + "/", "/genres/0/", "/posters/en/٣.svg", "/films/1/mark/liked/", "/films//"],
)
def test_addresses_that_cannot_be(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_field_without_a_name_in_the_admin(admin_client: Client) -> None:
    """Django's own admin would break over it."""
    address = f"/admin/catalog/movie/{make_movie().pk}/change/"
    assert admin_client.get(address, {"_to_field": ""}).status_code == 400
    assert admin_client.post(address, {"_to_field": ""}).status_code == 400
    assert admin_client.get(address, {"_to_field": "id"}).status_code == 200
