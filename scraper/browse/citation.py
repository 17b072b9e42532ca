"""Citations of an article: a sentence, RIS and BibTeX.

Texts of a site are written on one line, in NFC, and escaped: none of them can end a field or a
record, or begin another one. Names of persons are kept whole: a Vietnamese name begins with the
family name, and no rule tells a name from a pen name or an office.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from pipelines.text import normalise
from scraper.base.clock import VIETNAM, is_day
from scraper.browse.language import Translator

AUTHORS_END = ", "
"""Separates the authors of an article in its column."""

LANGUAGE_NAMES = {"vi": "vietnamese", "en": "english"}
"""What BibTeX calls the languages of articles."""

_IN_ADDRESS = "!#$&'()*+,-./:;=?@[]_~%"
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
}
"""Characters that mean something to TeX. A brace is written by its name, since BibTeX counts all
braces, also those behind a backslash."""
_TEX_CHARACTER = re.compile(r"[\\{}~^$%&#_]")


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation says of an article.

    ``kept_at`` is the time at which the text was first seen as it stands; ``address`` is that of
    the article here, ``url`` that at its site. Texts are normalised.
    """

    id: int
    title: str
    authors: tuple[str, ...]
    site: str
    is_newspaper: bool
    published_at: str | None
    kept_at: str
    url: str | None
    address: str
    language: str | None

    def sentence(self, t: Translator) -> str:
        """Return the citation as a sentence in the reader's language."""
        title = self.title or t("untitled")
        parts = [
            *self.authors,
            f"“{title}”",
            self.site,
            t.date(self.published_at),
            self.url or "",
        ]
        kept = t("accessed", date=t.date(self.kept_at), address=self.address)
        return f"{', '.join(filter(None, parts))} ({kept})."

    def record(self, t: Translator) -> list[tuple[str, str]]:
        """Return what a printed or saved article says of itself: labels and texts."""
        lines = [
            (t("source"), self.site),
            (t("original_address"), self.url or ""),
            (t("kept_at"), t.date(self.kept_at)),
            (t("kept_address"), self.address),
            (t("cite"), self.sentence(t)),
        ]
        return [(label, text) for label, text in lines if text]


def citation_of(article: Mapping[str, Any], source: Mapping[str, Any], address: str) -> Citation:
    """Return the citation of an article with its times; ``address`` is its page here."""
    authors = normalise(article["author"] or "").split(AUTHORS_END)
    return Citation(
        id=article["id"],
        title=normalise(article["title"] or ""),
        authors=tuple(filter(None, map(str.strip, authors))),
        site=normalise(source["name"]),
        is_newspaper=source["level"] == "newspaper",
        published_at=article["published_at"],
        kept_at=article["changed_at"] or article["first_seen_at"],
        url=_web_address(article["url"]),
        address=address,
        language=article["language"],
    )


def ris(cited: Citation, t: Translator) -> str:
    """Return the record of an article in RIS, a field a line."""
    return "".join(f"{tag}  - {text}\r\n" for tag, text in _ris_fields(cited, t))


def _ris_fields(cited: Citation, t: Translator) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS" if cited.is_newspaper else "ELEC"
    yield "ID", f"tinhuyen-{cited.id}"
    yield from (("AU", author) for author in cited.authors)
    yield "TI", cited.title or t("untitled")
    yield "T2", cited.site
    if published := _day(cited.published_at):
        yield "PY", f"{published:%Y}"
        yield "DA", f"{published:%Y/%m/%d}/"
    yield "UR", cited.url or cited.address
    if kept := _day(cited.kept_at):
        yield "Y2", f"{kept:%Y/%m/%d}/"
    yield "N1", f"{t('kept_address')}: {cited.address}"
    if cited.language:
        yield "LA", normalise(cited.language)
    yield "ER", ""


def bibtex(cited: Citation, t: Translator) -> str:
    """Return the entry of an article for BibTeX and BibLaTeX."""
    fields = "".join(f"  {name} = {{{text}}},\n" for name, text in _bibtex_fields(cited, t))
    return f"@online{{tinhuyen-{cited.id},\n{fields}}}\n"


def _bibtex_fields(cited: Citation, t: Translator) -> Iterator[tuple[str, str]]:
    """Yield the fields. Title and names have braces of their own, which keep them as they are."""
    if cited.authors:
        yield "author", " and ".join(f"{{{tex(author)}}}" for author in cited.authors)
    yield "title", f"{{{tex(cited.title or t('untitled'))}}}"
    yield "organization", f"{{{tex(cited.site)}}}"
    if published := _day(cited.published_at):
        yield "date", published.isoformat()
        yield "year", f"{published:%Y}"
    yield "url", cited.url or cited.address
    if kept := _day(cited.kept_at):
        yield "urldate", kept.isoformat()
    yield "note", tex(f"{t('kept_address')}: {cited.address}")
    if cited.language in LANGUAGE_NAMES:
        yield "langid", LANGUAGE_NAMES[cited.language]


def tex(text: str) -> str:
    """Return a text of one line that TeX prints as it is."""
    return _TEX_CHARACTER.sub(lambda found: _TEX[found[0]], normalise(text))


def _web_address(url: str | None) -> str | None:
    """Return an address of the web, as ASCII and without braces or white space; else None."""
    if not url or not url.lower().startswith(("http://", "https://")):
        return None
    return quote(normalise(url), safe=_IN_ADDRESS, errors="replace")


def _day(moment: str | None) -> date | None:
    """Return the day of a stored time in Vietnam; None for none and for an unreadable one."""
    try:
        when = datetime.fromisoformat(moment or "")
    except ValueError:
        return None
    return when.date() if is_day(moment or "") else when.astimezone(VIETNAM).date()
