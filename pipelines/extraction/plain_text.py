"""Clean text that another tool extracted: one article as plain text.

There is no markup, so the rules use only the language. Each rule that removed something is named in
``provenance``. In doubt, a paragraph is kept. The lede is never separated, because a first
paragraph may be the lede or the story itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from itertools import dropwhile
from statistics import median

from pipelines.article import Article, Photo, Verdict
from pipelines.extraction.vietnamese import read_language
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line, strip_end_mark
from pipelines.extraction.vietnamese.bylines import Byline, read_byline
from pipelines.extraction.vietnamese.captions import caption_points, is_certain_caption, read_credit
from pipelines.extraction.vietnamese.dates import ParsedDate, parse_dates
from pipelines.items import Outcome
from pipelines.text import normalise

MAX_TITLE_CHARS = 300
MAX_SHORT_LINE_CHARS = 120
"""Characters of a line that may be a byline or date."""

MIN_PROSE_WORDS = 25
"""Words from which a paragraph is running text, not a caption or part of a list."""

MAX_RELATED_TITLE_WORDS = 30
"""Words of a line in a list of related titles."""

MIN_CAPTION_POINTS = 3
"""Points of a line and its position from which it is probably a caption."""

CLEAR_CAPTION_POINTS = 4
"""Points from which a line is a caption even if the text has no other one."""

MIN_REPEATED_SHARE = 0.7
"""Share of a line's word triples in a paragraph near it, from which the line shows what the
paragraph says."""

MAX_NEIGHBOUR_PARAGRAPHS = 3
"""Paragraphs before and after a line that may repeat it."""


@dataclass(slots=True)
class _Draft:
    """The unfinished article: its paragraphs, and what was removed from them."""

    paragraphs: list[str]
    title: str | None = None
    dates: list[ParsedDate] = field(default_factory=list)
    bylines: list[Byline] = field(default_factory=list)
    captions: dict[str, str] = field(default_factory=dict)
    ended: bool = False


def clean(text: str, url: str | None = None) -> Article:
    """Return the article in a plain text.

    The first line is the title. Headings of related news with the titles below them, tools and
    labels, the end mark with what follows it, and bylines at both ends are removed. Captions become
    photos without a URL. ``verdict`` says if no article is left. Never raises.
    """
    draft = _Draft(_split(text))
    _take_title(draft)
    _take_head(draft)
    _cut_related(draft)
    draft.paragraphs = [line for line in draft.paragraphs if not boilerplate_line(line)]
    _cut_at_end_mark(draft)
    _take_tail(draft)
    _take_captions(draft)
    return _article(draft, url)


def _split(text: str) -> list[str]:
    """Return the paragraphs, separated by blank lines or else by line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    blank = sum(not line.strip() for line in lines)
    if blank * 4 < len(lines):
        parts = lines
    else:
        parts = re.split(r"\n[^\S\n]*\n\s*", "\n".join(line.strip() for line in lines))
    return [paragraph for part in parts if (paragraph := normalise(part))]


def _take_title(draft: _Draft) -> None:
    """Move the first line to the title, unless it is too long."""
    draft.paragraphs = list(dropwhile(boilerplate_line, draft.paragraphs))
    if draft.paragraphs and len(draft.paragraphs[0]) <= MAX_TITLE_CHARS:
        draft.title = draft.paragraphs.pop(0)


def _take_head(draft: _Draft) -> None:
    """Remove the short lines between title and story that hold a date or an author."""
    draft.paragraphs = list(dropwhile(partial(_take_head_line, draft), draft.paragraphs))


def _take_head_line(draft: _Draft, line: str) -> bool:
    """Record the date or author in a line of the head. Return False for a line of the story."""
    if len(line) > MAX_SHORT_LINE_CHARS:
        return False
    dates = parse_dates(line)
    byline = read_byline(line)
    if dates and len(line) <= 60 + len(dates[0].raw):
        draft.dates += dates
    elif byline is not None:
        draft.bylines.append(byline)
    else:
        return boilerplate_line(line) is not None
    return True


def _cut_related(draft: _Draft) -> None:
    """Remove each heading of related news with the titles and dates below it."""
    kept: list[str] = []
    in_list = False
    for line in draft.paragraphs:
        if boilerplate_line(line) == "related":
            in_list = True
        elif in_list and not _is_title_line(line):
            in_list = False
        if not in_list:
            kept.append(line)
    draft.paragraphs = kept


def _is_title_line(line: str) -> bool:
    """Whether a line may be a title in a list: short, and without a final full stop."""
    is_sentence = line.endswith((".", ":", ";")) and not parse_dates(line[-24:])
    return not is_sentence and len(line.split()) <= MAX_RELATED_TITLE_WORDS


def _cut_at_end_mark(draft: _Draft) -> None:
    """Remove the end mark and what follows it, unless running text follows."""
    prose = [n for n, line in enumerate(draft.paragraphs) if len(line.split()) >= MIN_PROSE_WORDS]
    last_prose = prose[-1] if prose else -1
    for number, line in enumerate(draft.paragraphs):
        text, is_marked = strip_end_mark(line)
        if not is_marked:
            continue
        draft.paragraphs[number] = text
        if number < last_prose:
            continue
        for after in draft.paragraphs[number + 1 :]:
            if byline := read_byline(after):
                draft.bylines.append(byline)
            elif is_certain_caption(after):
                draft.captions[after] = "below the end mark"
        draft.paragraphs = [line for line in draft.paragraphs[: number + 1] if line]
        draft.ended = True
        return


def _take_tail(draft: _Draft) -> None:
    """Remove bylines and dates at the end, but not the names and days of an announced list."""
    text = draft.paragraphs
    end = len(text)
    while end > 1 and _is_tail_line(text[end - 1]):
        end -= 1
    if text[end - 1 : end] and text[end - 1].endswith(":"):
        return
    bylines = [byline for line in reversed(text[end:]) if (byline := read_byline(line))]
    draft.bylines += bylines
    draft.paragraphs = text[:end]


def _is_tail_line(line: str) -> bool:
    """Whether a line is a short date or a byline."""
    if len(line) > MAX_SHORT_LINE_CHARS:
        return False
    is_date = len(line) <= 40 and not line.endswith(".") and bool(parse_dates(line))
    return is_date or read_byline(line) is not None


def _take_captions(draft: _Draft) -> None:
    """Move captions from the body to the photos.

    A line that only reads like a caption may be a short paragraph. It is moved if it names a scene
    or credit, repeats a paragraph, is one of several such lines, or describes an action in a few
    words between long paragraphs.
    """
    median_words = median([len(line.split()) for line in draft.paragraphs] or [0])
    points = {
        number: _points(draft.paragraphs, number, median_words)
        for number in range(1, len(draft.paragraphs))
    }
    likely = [number for number, value in points.items() if value >= MIN_CAPTION_POINTS]
    for number in likely:
        line = draft.paragraphs[number]
        if is_certain_caption(line):
            draft.captions[line] = "reads like a picture"
        elif _is_repeated(draft.paragraphs, number):
            draft.captions[line] = "shows what a paragraph near it tells"
        elif len(likely) > 1:
            draft.captions[line] = "one of several lines that show a scene"
        elif points[number] >= CLEAR_CAPTION_POINTS and "," not in line:
            draft.captions[line] = "shows a scene in a few words"
    draft.paragraphs = [line for line in draft.paragraphs if line not in draft.captions]


def _points(paragraphs: list[str], number: int, median_words: float) -> int:
    """Return the points of a line: its own, and for being short between long lines or repeated."""
    line = paragraphs[number]
    own = caption_points(line)
    if own < 1:
        return own
    is_short = len(line.split()) <= 0.6 * median_words
    neighbours = paragraphs[number - 1 : number] + paragraphs[number + 1 : number + 2]
    is_alone = all(len(near.split()) > len(line.split()) for near in neighbours)
    return own + (is_short and is_alone) + 2 * _is_repeated(paragraphs, number)


def _is_repeated(paragraphs: list[str], number: int) -> bool:
    """Whether a paragraph near a line repeats most of its word triples."""
    triples = _triples(paragraphs[number])
    near = (
        paragraphs[max(0, number - MAX_NEIGHBOUR_PARAGRAPHS) : number]
        + paragraphs[number + 1 : number + 1 + MAX_NEIGHBOUR_PARAGRAPHS]
    )
    return any(
        len(triples & _triples(other)) >= MIN_REPEATED_SHARE * len(triples)
        for other in near
        if triples
    )


def _triples(text: str) -> set[tuple[str, ...]]:
    """Return all sequences of three words."""
    words = re.findall(r"\w+", text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


def _article(draft: _Draft, url: str | None) -> Article:
    """Build the article from the draft."""
    article = Article(url=url, title=draft.title, paragraphs=draft.paragraphs)
    article.language = read_language(article.body, None)
    authors = [byline.author for byline in draft.bylines if byline.author]
    if draft.title:
        article.provenance["title"] = "first line"
    if authors:
        article.author = ", ".join(dict.fromkeys(authors))
        article.provenance["author"] = "byline line"
    if draft.dates:
        article.published_at = draft.dates[0].iso
        article.published_raw = draft.dates[0].raw
        article.provenance["published_at"] = "line below the title"
    article.photos = [Photo(None, line, read_credit(line)) for line in draft.captions]
    article.set_blocks(article.blocks)
    for number, rule in enumerate(draft.captions.values(), 1):
        article.provenance[f"caption {number}"] = rule
    if draft.ended:
        article.provenance["body"] = "up to the end mark"
    if not article.paragraphs:
        article.verdict = Verdict(Outcome.NOT_ARTICLE, "no_content")
    return article
