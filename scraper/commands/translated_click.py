"""What Click itself writes, in the language of the reader: help and errors of usage.

Help is translated paragraph by paragraph where it is written, so that docstrings and options stay
plain English in the code.
"""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Iterable

import click

from scraper.base.messages import spoken, translate, translate_lines, word

RAW_PARAGRAPH = "\b\n"
"""Click leaves the lines of a paragraph that begins so as they are: examples."""

EXTRA = re.compile(r"(?:  |^)\[([^\[\]]+)\]$")
"""What Click adds to the help of an option: its default, its range, that it is required."""

METAVAR = re.compile(r"\b[A-Z]{2,}(?: RANGE)?\b")


def translated_help(text: str) -> str:
    """Return a help text with its paragraphs in the language of the reader."""
    return "\n\n".join(map(_paragraph, text.split("\n\n")))


def paragraphs_of(text: str) -> list[str]:
    """Return what there is to translate in a help text: paragraphs, and headings of examples."""
    parts = inspect.cleandoc(text).split("\n\n")
    return [
        part.removeprefix(RAW_PARAGRAPH).split("\n")[0]
        if part.startswith(RAW_PARAGRAPH)
        else " ".join(part.split())
        for part in parts
    ]


def _paragraph(text: str) -> str:
    if not text.startswith(RAW_PARAGRAPH):
        return translate(" ".join(text.split()), spoken())
    heading, newline, rest = text.removeprefix(RAW_PARAGRAPH).partition("\n")
    return f"{RAW_PARAGRAPH}{translate(heading, spoken())}{newline}{rest}"


def _term(text: str) -> str:
    """Return the help of one option, with what Click adds to it."""
    extra = EXTRA.search(text)
    if extra is None:
        return translate(text, spoken())
    items = [translate(item, spoken()) for item in extra[1].split("; ")]
    return f"{translate(text[: extra.start()], spoken())}  [{'; '.join(items)}]".lstrip()


def _metavars(text: str) -> str:
    """Return options or arguments with the words that stand for their values."""
    return METAVAR.sub(lambda found: word("metavar", found[0], spoken()), text)


class TranslatingFormatter(click.HelpFormatter):
    """Writes help in the language of the reader."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        usage = prefix or f"{translate('Usage:', spoken())} "
        super().write_usage(prog, _metavars(args), usage)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        super().write_heading(translate(heading, spoken()))

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text(translated_help(text))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write options or commands with their help."""
        written = [(_metavars(name), _term(text)) for name, text in rows]
        super().write_dl(written, col_max, col_spacing)


def show_click_error(error: click.ClickException) -> None:
    """Write an error of usage to stderr as Click does."""
    written = io.StringIO()
    error.show(file=written)
    click.echo(translate_lines(written.getvalue(), spoken()), err=True, nl=False)


click.Context.formatter_class = TranslatingFormatter
"""For all commands, those of groups too: Click makes a context for each."""
