"""Every text of the site is there in Russian and Kazakh, as the sources have it now, and sound."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import polib
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
ROOMS = sorted(file.parent for file in ROOT.glob("*/__init__.py") if file.parent.name != "tests")
SOURCES = [*ROOMS, ROOT / "locale", ROOT / "templates"]
DJANGO = Path(django.__file__).parent

PLURAL_FORMS = {"ru": 4, "kk": 2}
# Names and codes that are the same in every language.
SAME_EVERYWHERE = {"MovieRec", "MovieRec admin", "IMDb", "TMDB", "MovieLens", "Letterboxd", "Trakt", "CSV", "JSON"}
# Places in Django's own catalogue that no page of this site shows.
NEVER_SHOWN_FILES = (
    "conf/global_settings.py",
    "contrib/sitemaps/",
    "contrib/syndication/",
    "forms/boundfield.py",
    "views/csrf.py",
    "views/generic/",
    "views/static.py",
    "views/templates/default_urlconf.html",
)
NEVER_SHOWN = {
    ":", "…", "%(truncated_text)s…", "IPv4", "IPv6", "Duration", "Small integer", "IPv4 address", "File", "Image",
    "Positive big integer", "Positive integer", "Positive small integer", "Slug (up to %(max_length)s)",
    "Raw binary data", "Universally unique identifier", "A JSON object", "String (unlimited)",
}  # fmt: skip

PERCENT = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[sdrfi%]")
BRACES = re.compile(r"\{\w*(?:![rsa])?(?::[^{}]*)?\}")
TAG = re.compile(r"</?[a-z]+\b")
LATIN, CYRILLIC = re.compile(r"[A-Za-z]"), re.compile(r"[А-Яа-яЁёӘәІіҢңҒғҮүҰұҚқӨөҺһ]")

Key = tuple[str | None, str, str]


def catalogues() -> list[Path]:
    return sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))


def name_of(catalogue: Path) -> str:
    return f"{catalogue.parent.parent.name}/{catalogue.name}"


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def texts(entry: polib.POEntry) -> list[str]:
    """The translations of an entry: one, or one for each plural form."""
    return [text for _form, text in sorted(entry.msgstr_plural.items())] if entry.msgid_plural else [entry.msgstr]


each_catalogue = pytest.mark.parametrize("catalogue", catalogues(), ids=name_of)


def test_there_is_a_catalogue_for_every_language() -> None:
    languages = {code for code, _name in settings.LANGUAGES} - {"en"}
    assert {path.parent.parent.name for path in catalogues() if path.stem == "django"} == languages


@each_catalogue
def test_nothing_is_missing(catalogue: Path) -> None:
    empty = [entry.msgid for entry in polib.pofile(catalogue) if not all(texts(entry))]
    assert not empty, f"{len(empty)} texts have no translation"


@each_catalogue
def test_nothing_is_a_guess_or_left_over(catalogue: Path) -> None:
    entries = polib.pofile(catalogue)
    assert [entry.msgid for entry in entries if entry.fuzzy] == []
    assert [entry.msgid for entry in entries if entry.obsolete] == []
    keys = [key(entry)[:2] for entry in entries]
    assert [one for one in {*keys} if keys.count(one) > 1] == []


@each_catalogue
def test_the_compiled_catalogue_is_current(catalogue: Path) -> None:
    written = {key(entry): texts(entry) for entry in polib.pofile(catalogue) if all(texts(entry))}
    compiled = {key(entry): texts(entry) for entry in polib.mofile(catalogue.with_suffix(".mo"))}
    assert compiled == written, "Run bin/messages and commit both files"


def test_the_catalogues_are_what_the_sources_say(tmp_path: Path) -> None:
    if not all(map(shutil.which, ("xgettext", "msgmerge", "msgattrib", "msgfmt"))):
        pytest.skip("No gettext found. Install it with bin/gettext or: apt-get install gettext")
    copy = tmp_path / "copy"
    for source in SOURCES:
        shutil.copytree(source, copy / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [ROOT / "bin" / "messages", copy]
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for language in PLURAL_FORMS:
        path = Path("locale", language, "LC_MESSAGES", "django.po")
        fresh, ours = ({key(entry) for entry in polib.pofile(folder / path)} for folder in (copy, ROOT))
        assert (fresh - ours, ours - fresh) == (set(), set()), f"Run bin/messages: {path} is stale"


@each_catalogue
def test_placeholders_and_tags_survive(catalogue: Path) -> None:
    wrong = [
        f"{entry.msgid!r} -> {text!r}"
        for entry in polib.pofile(catalogue)
        for text in texts(entry)
        if text and not any(_marks(text) == _marks(source) for source in _sources(entry))
    ]
    assert wrong == []


def _sources(entry: polib.POEntry) -> Iterator[str]:
    yield entry.msgid
    if entry.msgid_plural:
        yield entry.msgid_plural


def _marks(text: str) -> list[str]:
    """Placeholders and tags of a text; their order may change."""
    return sorted([*PERCENT.findall(text), *BRACES.findall(text), *TAG.findall(text)])


@each_catalogue
def test_spaces_and_line_ends_survive(catalogue: Path) -> None:
    wrong = [
        entry.msgid
        for entry in polib.pofile(catalogue)
        for text in texts(entry)
        if text and (text[:1].isspace(), text[-1:].isspace()) != (entry.msgid[:1].isspace(), entry.msgid[-1:].isspace())
    ]
    assert wrong == []


@each_catalogue
def test_plurals_have_all_their_forms(catalogue: Path) -> None:
    entries = polib.pofile(catalogue)
    forms = PLURAL_FORMS[catalogue.parent.parent.name]
    assert f"nplurals={forms};" in entries.metadata["Plural-Forms"]
    wrong = [entry.msgid for entry in entries if entry.msgid_plural and sorted(entry.msgstr_plural) != [*range(forms)]]
    assert wrong == []


@each_catalogue
def test_nothing_stayed_english(catalogue: Path) -> None:
    """A translation has Cyrillic letters, unless nothing is left of it without placeholders, tags and names."""
    wrong = [
        entry.msgid
        for entry in polib.pofile(catalogue)
        for text in texts(entry)
        if LATIN.search(_plain(text)) and not CYRILLIC.search(text) and entry.msgid not in SAME_EVERYWHERE
    ]
    assert wrong == []


def _plain(text: str) -> str:
    for pattern in (PERCENT, BRACES, re.compile(r"<[^>]*>"), re.compile(r"&\w+;")):
        text = pattern.sub("", text)
    return text


def test_kazakh_fills_what_django_lacks() -> None:
    ours = {name: _translated_keys(ROOT / f"locale/kk/LC_MESSAGES/{name}.po") for name in ("django", "djangojs")}
    missing = []
    for english in sorted(DJANGO.glob("**/locale/en/LC_MESSAGES/django*.po")):
        app = english.relative_to(DJANGO).parts[:-4]
        if ".".join(("django", *app)) not in {"django.conf", *settings.INSTALLED_APPS}:
            continue
        theirs = _translated_keys(Path(str(english).replace("/en/", "/kk/")))
        missing += [
            entry.msgid
            for entry in polib.pofile(english)
            if _is_shown(entry) and key(entry)[:2] not in theirs | ours[english.stem]
        ]
    assert missing == [], "Name these in movierec_site/django_words.py"


def _translated_keys(catalogue: Path) -> set[tuple[str | None, str]]:
    """What a catalogue of Django translates, and what ours names."""
    is_ours = catalogue.is_relative_to(ROOT / "locale")
    return {key(entry)[:2] for entry in polib.pofile(catalogue) if is_ours or (entry.translated() and not entry.fuzzy)}


def _is_shown(entry: polib.POEntry) -> bool:
    places = [place for place, _line in entry.occurrences]
    return entry.msgid not in NEVER_SHOWN and not all(place.startswith(NEVER_SHOWN_FILES) for place in places)


WORDLESS = re.compile(
    r"\{% *comment.*?endcomment *%\}|\{#.*?#\}|\{% *blocktranslate.*?endblocktranslate *%\}|\{%.*?%\}|\{\{.*?\}\}"
    r"|<!--.*?-->|<script.*?</script>|<!doctype[^>]*>|&\w+;",
    re.DOTALL | re.IGNORECASE,
)
SPOKEN = re.compile(r"""\b(?:aria-label|title|alt|placeholder|content)=["']([^"']*)["']""")
NAMES = re.compile("|".join(sorted(SAME_EVERYWHERE, key=len, reverse=True)))
UNSPOKEN = {"", "website", "video.movie", "width=device-width, initial-scale=1", "noindex, nofollow", "light dark"}
templates = sorted({*ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt")})


@pytest.mark.parametrize("template", templates, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_say_nothing_untranslated(template: Path) -> None:
    source = WORDLESS.sub("", template.read_text(encoding="utf-8"))
    spoken = [
        said for said in SPOKEN.findall(source) if said.strip() not in UNSPOKEN and "includeIndicator" not in said
    ]
    words = [line.strip() for line in re.sub(r"<[^>]*>", "", source).splitlines()]
    left = [
        said for said in [*spoken, *words] if said not in UNSPOKEN and re.search(r"[A-Za-z]{2}", NAMES.sub("", said))
    ]
    assert left == []


def _filled_at_import(tree: ast.Module) -> Iterator[int]:
    """Lines where a lazy text is filled in outside of a function: there it becomes the default language's for good."""
    lazy = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name.endswith("gettext_lazy")
    }

    def walk(node: ast.AST) -> Iterator[int]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        text = node.left if isinstance(node, ast.BinOp) else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            text = node.func.value
        if isinstance(text, ast.Call) and isinstance(text.func, ast.Name) and text.func.id in lazy:
            yield text.lineno
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    return walk(tree)


def test_lazy_texts_are_not_filled_in_at_import() -> None:
    modules = [path for room in ROOMS for path in room.rglob("*.py")]
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules
        for line in _filled_at_import(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert wrong == [], "Use django.utils.text.format_lazy with {name} in the text"
