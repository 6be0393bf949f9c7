"""Films with their genres, countries, people and texts in other languages."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import filepath_to_uri
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.posters.names import sizes_of

FIRST_YEAR = 1888  # "Roundhay Garden Scene", the oldest film that survives
LAST_YEAR = 2100
LONGEST_RUNTIME = 6000  # minutes; the longest films run for days
IMDB_ID = r"^tt[0-9]{7,10}$"


class NamedManager(models.Manager[Any]):
    """Finds a row by its name, so that fixtures can say "Drama" instead of 17."""

    def get_by_natural_key(self, name: str) -> Any:
        return self.get(name=name)


class Named(models.Model):
    """Anything that is known by one unique name."""

    name = models.CharField(_("name"), max_length=200, unique=True)

    objects = NamedManager()

    class Meta:
        abstract = True
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="%(class)s_has_a_name")]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.name,)


class Genre(Named):
    """A genre, under one name whatever the imported files call it."""

    class Meta(Named.Meta):
        verbose_name = _("genre")
        verbose_name_plural = _("genres")


class Country(Named):
    """A country that made a film; states that are gone (Soviet Union) stay what they were."""

    class Meta(Named.Meta):
        verbose_name = _("country")
        verbose_name_plural = _("countries")


class Person(Named):
    """Somebody who directed a film or played in it."""

    class Meta(Named.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")


def list_of_words(value: object) -> None:
    """Refuse keywords that are not a list of short texts."""
    if not isinstance(value, list) or not all(isinstance(v, str) and 0 < len(v) <= 100 for v in value):
        raise ValidationError(_("Keywords are a list of words or short phrases."))


class MovieQuerySet(models.QuerySet["Movie"]):
    """The named questions that pages and commands ask about films."""

    def listed(self) -> Self:
        """Films that visitors may see."""
        return self.filter(is_published=True)

    def for_cards(self) -> Self:
        """Everything a film card shows, in a fixed number of queries."""
        return self.prefetch_related("genres", "texts")

    def with_people(self) -> Self:
        """Directors and cast in their order, beside all else that describes a film."""
        credits = Credit.objects.select_related("person").order_by("role", "position", "pk")
        return self.prefetch_related("genres", "countries", "texts", models.Prefetch("credits", credits))

    def get_by_natural_key(self, title: str, year: int | None) -> Movie:
        return self.get(title=title, year=year)


class Movie(models.Model):
    """A film as the catalogue knows it. Its text stands in the site's main language; `texts` holds the others."""

    title = models.CharField(_("title"), max_length=300)
    original_title = models.CharField(_("original title"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    countries = models.ManyToManyField(Country, verbose_name=_("countries"), related_name="movies", blank=True)
    genres = models.ManyToManyField(Genre, verbose_name=_("genres"), related_name="movies", blank=True)
    people = models.ManyToManyField(Person, verbose_name=_("people"), related_name="movies", through="Credit")
    runtime = models.PositiveSmallIntegerField(
        _("runtime"),
        null=True,
        blank=True,
        help_text=_("in minutes"),
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RUNTIME)],
    )
    language = models.CharField(
        _("original language"), max_length=35, blank=True, help_text=_("a code such as en, ru or ja")
    )
    description = models.TextField(_("description"), blank=True, help_text=_("The premise, without the ending."))
    keywords = models.JSONField(_("keywords"), default=list, blank=True, validators=[list_of_words])
    poster = models.ImageField(_("poster"), upload_to="posters/", blank=True)
    poster_url = models.URLField(_("poster address"), max_length=500, blank=True)
    imdb_id = models.CharField(
        _("IMDb id"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(IMDB_ID, _("An IMDb id is tt and seven digits or more, such as tt0017136."))],
    )
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True, blank=True)
    movielens_id = models.PositiveIntegerField(_("MovieLens id"), null=True, blank=True)
    is_published = models.BooleanField(_("published"), default=True, help_text=_("Visitors see published films only."))
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = MovieQuerySet.as_manager()

    class Meta:
        verbose_name = _("film")
        verbose_name_plural = _("films")
        ordering = ["title", "year", "pk"]
        indexes = [
            models.Index(fields=["year"], name="movie_year"),
            models.Index(fields=["title"], name="movie_title"),
            models.Index(fields=["-created_at"], name="movie_newest_first"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="movie_has_a_title"),
            models.CheckConstraint(
                condition=Q(year=None) | Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="movie_year_plausible"
            ),
            models.CheckConstraint(
                condition=Q(runtime=None) | Q(runtime__range=(1, LONGEST_RUNTIME)), name="movie_runtime_plausible"
            ),
            models.CheckConstraint(condition=Q(imdb_id="") | Q(imdb_id__regex=IMDB_ID), name="movie_imdb_id_plausible"),
            models.UniqueConstraint(fields=["imdb_id"], condition=~Q(imdb_id=""), name="movie_imdb_id_unique"),
            models.UniqueConstraint(fields=["tmdb_id"], name="movie_tmdb_id_unique"),
            models.UniqueConstraint(fields=["movielens_id"], name="movie_movielens_id_unique"),
            # Two films may share title and year; what tells them apart is an id. Without any id they are the same film.
            models.UniqueConstraint(
                "title",
                Coalesce("year", 0),
                condition=Q(imdb_id="", tmdb_id=None, movielens_id=None),
                name="movie_title_and_year_unique_without_ids",
                violation_error_message=_("There is a film with this title and year already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def get_absolute_url(self) -> str:
        return reverse("recommender:film", args=[self.pk])

    def natural_key(self) -> tuple[str, int | None]:
        return (self.title, self.year)

    natural_key.dependencies = ["catalog.genre", "catalog.country"]  # type: ignore[attr-defined]

    @property
    def directors(self) -> list[Person]:
        """Directors in their order; prefetch with `with_people`."""
        return [credit.person for credit in self.credits.all() if credit.role == Credit.Role.DIRECTOR]

    @property
    def cast(self) -> list[Person]:
        """Actors in billing order; prefetch with `with_people`."""
        return [credit.person for credit in self.credits.all() if credit.role == Credit.Role.CAST]

    @property
    def poster_address(self) -> str:
        """Address of the film's own picture, or nothing: then the site draws one.

        `poster_url` is only where a picture can be fetched from: pages ask nothing of other sites.
        """
        return _media_address(self.poster.name or "") if self.poster else ""

    @property
    def poster_sizes(self) -> dict[int, str]:
        """Addresses of the picture by their widths."""
        return {width: _media_address(name) for width, name in sizes_of(self.poster.name or "").items()}

    @property
    def small_poster_address(self) -> str:
        """Address of the picture for the size of a thumb."""
        return next(iter(self.poster_sizes.values()), self.poster_address)

    def text_in(self, language: str | None = None) -> tuple[str, str]:
        """Title and description in a language (default: the page's), with the main text where there is none."""
        text = self._text(language)
        return self.title_in(language), (text.description if text else "") or self.description

    def title_in(self, language: str | None = None) -> str:
        """The title alone, as `text_in` gives it."""
        text = self._text(language)
        return (text.title if text else "") or self.title

    def _text(self, language: str | None) -> FilmText | None:
        wanted = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
        return next((text for text in self.texts.all() if text.language == wanted), None)


class FilmTextQuerySet(models.QuerySet["FilmText"]):
    """Finds a text by its film and language, as fixtures name it."""

    def get_by_natural_key(self, title: str, year: int | None, language: str) -> FilmText:
        return self.get(movie__title=title, movie__year=year, language=language)


class FilmText(models.Model):
    """A film's title and description in one more language of the site."""

    movie = models.ForeignKey(Movie, models.CASCADE, verbose_name=_("film"), related_name="texts")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)

    objects = FilmTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text in another language")
        verbose_name_plural = _("texts in other languages")
        ordering = ["movie", "language"]
        constraints = [
            models.UniqueConstraint(fields=["movie", "language"], name="film_text_once_per_language"),
            models.CheckConstraint(condition=~Q(title="") | ~Q(description=""), name="film_text_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.get_language_display()}: {self.title}"

    def natural_key(self) -> tuple[str, int | None, str]:
        return (*self.movie.natural_key(), self.language)

    natural_key.dependencies = ["catalog.movie"]  # type: ignore[attr-defined]


class CreditQuerySet(models.QuerySet["Credit"]):
    """Finds a credit by film, person and role, as fixtures name it."""

    def get_by_natural_key(self, title: str, year: int | None, person: str, role: str) -> Credit:
        return self.get(movie__title=title, movie__year=year, person__name=person, role=role)


class Credit(models.Model):
    """Who did what in a film, in the order of its credits."""

    class Role(models.TextChoices):
        """What somebody did."""

        CAST = "cast", _("cast")
        DIRECTOR = "director", _("director")

    movie = models.ForeignKey(Movie, models.CASCADE, verbose_name=_("film"), related_name="credits")
    person = models.ForeignKey(Person, models.CASCADE, verbose_name=_("person"), related_name="credits")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["movie", "role", "position"]
        constraints = [
            models.UniqueConstraint(fields=["movie", "person", "role"], name="credit_once_per_role"),
            models.CheckConstraint(condition=Q(role__in=["cast", "director"]), name="credit_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.get_role_display()}"

    def natural_key(self) -> tuple[str, int | None, str, str]:
        return (*self.movie.natural_key(), self.person.name, self.role)

    natural_key.dependencies = ["catalog.movie", "catalog.person"]  # type: ignore[attr-defined]


def _media_address(name: str) -> str:
    """The address of an uploaded picture: always ours, wherever the storage keeps it."""
    return f"{settings.MEDIA_URL}{filepath_to_uri(name)}"
