"""Writes alerts: what a night brought, as text and as HTML, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlite_utils import Database

from pipelines.text import normalise
from scraper.base.clock import VIETNAM
from scraper.base.messages import translate, word
from scraper.browse.language import Translator
from scraper.monitoring.health import NIGHTLY_RUN
from scraper.store.article_changes import News, SourceNews
from scraper.store.file_search import places_outside_articles
from scraper.store.source_record import Health
from scraper.store.verdicts import Change
from scraper.store.watches import WatchHits, reported_articles

MAX_HITS = 20
"""Articles of a watch that an alert names."""

MAX_REPORT_HITS = 200
"""Articles of all watches that one alert names."""

MAX_OF_SOURCE = 5
"""New articles of a source that the digest names."""

MAX_SOURCES = 60
"""Sources of which the digest names articles."""

MAX_CHANGED = 20
"""Edited and removed articles that the digest names, each."""

MAX_NAMES = 10
"""Sources that the line about health names."""

MAX_TITLE_CHARS = 200
MAX_START_CHARS = 200

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Item:
    """An article in an alert; ``links`` are pairs of a label and a URL."""

    title: str
    about: str
    start: str = ""
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an alert; ``more`` says how many further articles there are, ``url`` where."""

    heading: str
    note: str = ""
    items: Sequence[Item] = ()
    more: str = ""
    url: str = ""
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """An alert: a title of one line, and its text; ``html`` is the same for mail."""

    title: str
    body: str
    html: str | None = field(default=None, repr=False)


def only_counted(hits: Iterable[int]) -> int:
    """Return how many of the hits of each watch an alert only counts."""
    counts = list(hits)
    named = min(MAX_REPORT_HITS, sum(min(MAX_HITS, count) for count in counts))
    return sum(counts) - named


class DigestWriter:
    """Writes the parts of alerts in one language; links to ``browse`` need its URL."""

    def __init__(self, db: Database, language: str, browse_url: str | None) -> None:
        self.db = db
        self.t = Translator(language)
        self.browse_url = browse_url.rstrip("/") if browse_url else None

    def day(self, moment: datetime) -> str:
        """Return the day of a moment in Vietnam."""
        return self.t.date(moment.astimezone(VIETNAM).date().isoformat())

    def of_watches(self, found: Iterable[WatchHits]) -> list[Section]:
        """Return what several watches found; those beyond MAX_REPORT_HITS are only counted."""
        sections: list[Section] = []
        for hits in found:
            left = MAX_REPORT_HITS - sum(len(section.items) for section in sections)
            sections.append(self.of_watch(hits, min(MAX_HITS, left)))
        return sections

    def of_watch(self, hits: WatchHits, limit: int = MAX_HITS) -> Section:
        """Return what a watch found, of which ``limit`` articles are named."""
        watch, count = hits.watch, len(hits.articles)
        shown = hits.articles[:limit]
        places = places_outside_articles(self.db, watch.words, shown) if watch.words else {}
        items = []
        for row in reported_articles(self.db, shown):
            place, start = places.get(row["id"]), row["start"]
            if place is not None:
                found = self.t("found_in_file", name=place.attachment, page=place.page)
                start = f"{found}: {place.snippet}"
            items.append(self._item(row, start))
        return Section(
            self.t("watch_heading", name=watch.name, count=count),
            self.t("watch_began", count=count) if hits.began else "",
            items,
            self._more(count - len(shown)),
            self._page(f"/-/watches/{quote(watch.name, safe='')}"),
        )

    def of_news(self, news: News) -> list[Section]:
        """Return what is new by province and source, and what was edited and removed."""
        sections = []
        named = news.sources[:MAX_SOURCES]
        for province, sources in groupby(named, key=lambda source: source.province):
            place = province or self.t("digest_elsewhere")
            sections.append(Section(self.t("digest_new", place=place)))
            sections += map(self._of_source, sources)
        if rest := sum(source.count for source in news.sources[MAX_SOURCES:]):
            sections.append(Section(self._more(rest)))
        if not news.sources:
            sections.append(Section(self.t("digest_nothing_new")))
        for key, count, rows in (
            ("digest_edited", news.edited, news.edited_articles),
            ("digest_removed", news.removed, news.removed_articles),
        ):
            if count:
                items = [self._item(row) for row in rows]
                more = self._more(count - len(items))
                sections.append(Section(self.t(key, count=count), items=items, more=more))
        return sections

    def of_health(self, healths: Mapping[str, Health], changes: Sequence[Change]) -> Section:
        """Return how the sources are, in one line, and which of them changed."""
        unwell = [slug for slug, health in healths.items() if not health.verdict.is_well]
        ill = sum(slug != NIGHTLY_RUN for slug in unwell)
        well = sum(slug != NIGHTLY_RUN for slug in healths) - ill
        names = [self._source(slug) for slug in unwell[:MAX_NAMES]]
        names += ["…"] if len(unwell) > MAX_NAMES else []
        line = (
            self.t("digest_unwell", well=well, count=ill, names=", ".join(names))
            if unwell
            else self.t("digest_all_well", count=well)
        )
        return Section(self.t("digest_health"), line, [self._change(one) for one in changes])

    def whole(self, title: str, sections: Sequence[Section]) -> Digest:
        """Return the alert of some sections."""
        body = "\n\n".join([*map(_as_text, sections), self.t("digest_footer")])
        html = TEMPLATES.get_template("digest.html").render(
            t=self.t, title=title, sections=sections
        )
        return Digest(title, body, html)

    def _of_source(self, source: SourceNews) -> Section:
        heading = self.t("digest_of_source", source=source.name, count=source.count)
        items = [self._item(row | {"name": ""}) for row in source.articles]
        more = self._more(source.count - len(items))
        url = self._page(f"/sources/{quote(source.slug, safe='')}")
        return Section(heading, "", items, more, url, is_part=True)

    def _item(self, row: Mapping[str, Any], start: str = "") -> Item:
        name = row.get("name", row["source"])
        about = " · ".join(filter(None, [name, self.t.date(row["published_at"])]))
        links = [
            (self.t("digest_original"), _web_address(row["url"])),
            (self.t("digest_kept"), self._page(f"/articles/{row['id']}")),
        ]
        title = _shortened(row["title"] or "", MAX_TITLE_CHARS) or self.t("untitled")
        linked = [(label, url) for label, url in links if url]
        return Item(title, about, _shortened(start, MAX_START_CHARS), linked)

    def _change(self, change: Change) -> Item:
        before, after = (self.t(f"verdict_{verdict}") for verdict in (change.before, change.after))
        return Item(
            f"{self._source(change.source)}: {before} → {after}", self.t.message(change.reason)
        )

    def _source(self, slug: str) -> str:
        return self.t("digest_nightly") if slug == NIGHTLY_RUN else slug

    def _more(self, count: int) -> str:
        return self.t("digest_more", count=count) if count > 0 else ""

    def _page(self, path: str) -> str:
        return f"{self.browse_url}{path}" if self.browse_url else ""


def write_changes(
    changes: Sequence[Change], run: Mapping[str, Any] | None, language: str
) -> Digest:
    """Write the text about changed verdicts and about the latest run, a row with its sources."""
    broke = [change for change in changes if not change.after.is_well]
    recovered = [change for change in changes if change.after.is_well and not change.before.is_well]
    other = [change for change in changes if change not in broke and change not in recovered]
    title = translate(f"tinhuyen: {len(broke)} broke, {len(recovered)} recovered", language)
    parts = [
        _list_changes("Broke:", broke, language),
        _list_changes("Recovered:", recovered, language),
        _list_changes("Changed:", other, language),
        _list_new(run, language) if run else "",
    ]
    return Digest(title, "\n\n".join(filter(None, parts)))


def _list_changes(heading: str, changes: Sequence[Change], language: str) -> str:
    lines = [f"- {_describe_change(change, language)}" for change in changes]
    return "\n".join([translate(heading, language), *lines]) if lines else ""


def _describe_change(change: Change, language: str) -> str:
    is_nightly = change.source == NIGHTLY_RUN
    name = translate("the nightly run", language) if is_nightly else change.source
    before, after = (word("verdict", each, language) for each in (change.before, change.after))
    return f"{name}: {before} → {after} ({translate(change.reason, language)})"


def _list_new(run: Mapping[str, Any], language: str) -> str:
    sources = sorted(run["sources"], key=lambda source: source["new"], reverse=True)
    lines = [f"- {source['source']}: {source['new']}" for source in sources if source["new"]]
    heading = translate(
        f"Run {run['id']} ({run['state']}), new articles and notices: {run['new']}", language
    )
    return "\n".join([heading, *lines])


def _as_text(section: Section) -> str:
    more = f"{section.more}{f': {section.url}' if section.url else ''}" if section.more else ""
    lines = [section.heading, section.note, *_item_lines(section.items), more]
    return "\n".join(filter(None, lines))


def _item_lines(items: Iterable[Item]) -> Iterable[str]:
    for item in items:
        yield f"- {item.title}"
        for line in (item.about, item.start, *(url for _, url in item.links)):
            yield f"  {line}" if line else ""


def _shortened(text: str, length: int) -> str:
    """Return a text on one line, cut behind a word if it is longer."""
    line = normalise(text)
    if len(line) <= length:
        return line
    return f"{line[:length].rpartition(' ')[0] or line[:length]}…"


def _web_address(url: str | None) -> str:
    """Return an address that a mail may link to, '' if it is none."""
    url = normalise(url or "")
    return url if url.startswith(("http://", "https://")) and " " not in url else ""
