"""What all commands of the project have in common: help with an example, exit codes, silence with -v 0, JSON."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.utils.translation import gettext as _

DONE, FAILED, MISUSED, STOPPED = 0, 1, 2, 130  # 130 is what a shell gives for Ctrl-C

_CODES = {
    DONE: "done",
    FAILED: "refused or failed; the error stream says why and what helps",
    MISUSED: "the options were not understood",
    STOPPED: "stopped with Ctrl-C; nothing is half done",
}


class _Help(DjangoHelpFormatter):
    """Wraps sentences, and leaves indented lines as they stand."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = text.splitlines()
        return "\n".join(
            f"{indent}{line}" if line.startswith(" ") else textwrap.fill(line, width, initial_indent=indent)
            for line in lines
        )


class SiteCommand(BaseCommand):
    """A command that parses, calls and reports. What it finds goes to stdout, how far it is to stderr."""

    examples: tuple[str, ...] = ()
    # What the exit codes mean where it is more, or other, than usual.
    exit_codes: dict[int, str] = {}

    verbosity = 1

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Let `--help` end with examples and exit codes."""
        kwargs.setdefault("formatter_class", _Help)
        return super().create_parser(prog_name, subcommand, epilog=self._epilog(), **kwargs)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run; Ctrl-C ends in a sentence, not in a traceback."""
        self.verbosity = options.get("verbosity", 1)
        try:
            return super().execute(*args, **options)
        except KeyboardInterrupt as stop:
            raise CommandError(_("Stopped."), returncode=STOPPED) from stop

    def say(self, words: str) -> None:
        """Report something that was done; -v 0 keeps it to itself."""
        if self.verbosity:
            self.stdout.write(words)

    def note(self, words: str) -> None:
        """Tell how far long work is, beside the report; -v 0 keeps it to itself."""
        if self.verbosity:
            self.stderr.write(words, str)

    def answer(self, found: Any) -> None:
        """Give a program what it asked for; this is never silenced."""
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2, default=str))

    def _epilog(self) -> str:
        codes = {**_CODES, **self.exit_codes}
        return "\n".join(
            [
                "examples:" if len(self.examples) > 1 else "example:",
                *(f"  {example}" for example in self.examples),
                "",
                "exit codes:",
                *(f"  {code:<4}{meaning}" for code, meaning in sorted(codes.items())),
                "",
                "-v 0 leaves out reports and progress, for cron; errors are still shown.",
            ]
        )
