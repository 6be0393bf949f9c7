"""Tidies the catalogues after gettext has merged new texts into them, and compiles them; bin/messages runs it."""

import re
import sys
from pathlib import Path

import polib

_ENDLESS = 100_000  # columns: a line is broken where its text is, so that a changed word changes one line
_FORMS = re.compile(r"nplurals=(\d+);")


def tidy(catalogue: Path) -> str:
    """Empty what gettext guessed from similar texts, give every plural all its forms, compile; say how far it is."""
    entries = polib.pofile(str(catalogue), wrapwidth=_ENDLESS)
    forms = _FORMS.search(entries.metadata["Plural-Forms"])
    for entry in entries:
        if entry.fuzzy:  # a wrong guess is easily overlooked, an empty entry is not
            entry.flags.remove("fuzzy")
            entry.msgstr, entry.msgstr_plural = "", {}
            entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
        if entry.msgid_plural and forms:
            entry.msgstr_plural = {form: entry.msgstr_plural.get(form, "") for form in range(int(forms[1]))}
    entries.save(str(catalogue))
    entries.save_as_mofile(str(catalogue.with_suffix(".mo")))
    return f"{catalogue}: {len(entries.untranslated_entries())} of {len(entries)} texts to translate"


if __name__ == "__main__":
    for path in sorted(Path(sys.argv[1]).glob("*/LC_MESSAGES/*.po")):
        print(tidy(path))
