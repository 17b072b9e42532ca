"""Reads the articles of the demo from TOML files.

A file in ``articles/`` has one section of one site. The bodies are in the notation of
`scraper.demo.notation`.

The server renders pages from these stories, and ``truth`` returns what a crawl must store for them,
so the two always agree.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from scraper.base.clock import VIETNAM
from scraper.demo.dates import moved, moved_time, with_years
from scraper.demo.notation import Block, StoryFile, StoryPhoto, read_blocks

SECTIONS = (
    "Xây dựng Đảng",
    "Kinh tế",
    "Văn hóa - Xã hội",
    "Giáo dục",
    "An ninh - Quốc phòng",
    "Chuyển đổi số",
    "Thông báo",
)
NIGHTS = (1, 2, 3)

FileForm = Literal["link", "google", "office", "pdfjs", "object", "embed", "frame"]
"""How a page shows a file: a link, a viewer in a frame, an embedded object, or a plain frame."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A correction by the publisher: from ``night`` on, ``right`` replaces ``wrong``."""

    night: int
    modified: datetime
    wrong: str
    right: str


@dataclass(slots=True)
class Story:
    """An article of the demo.

    ``sections`` are the sections that list it, its own first. ``published`` is an aware time, or a
    bare date if the site shows only the day. ``byline`` is the printed line, ``author`` the name in
    it; ``byline_place`` is the end of the body or a separate box. ``captions`` is the markup of the
    photos, ``files`` that of attachments, None for those of the platform; ``paste`` is the markup
    of text pasted from Word.
    ``lede_prefix`` is the newspaper's mark before the lede. ``lead_photo_twice`` repeats the first
    photo next to the lede. ``same_text_as`` is the id of the story of the district with the same
    text. ``appears`` and ``removed_from`` are nights. ``of_day`` is when a text was written that is
    shared, ``years`` by how many years those in the texts are moved.
    """

    source: str
    sections: tuple[str, ...]
    id: int
    title: str
    published: datetime | date
    body: str
    lede: str | None = None
    lede_prefix: str = ""
    author: str | None = None
    byline: str | None = None
    byline_place: Literal["foot", "box"] = "foot"
    end_mark: str = ""
    captions: Literal["figure", "table", "italic", "break"] | None = None
    files: FileForm | None = None
    paste: Literal["word", "breaks"] = "word"
    lead_photo_twice: bool = False
    tags: tuple[str, ...] = ()
    appears: int = 1
    removed_from: int | None = None
    edit: Edit | None = None
    modified: datetime | None = None
    same_text_as: int | None = None
    of_day: datetime | date | None = None
    years: int = 0

    @property
    def slug(self) -> str:
        """The title as it appears in URLs."""
        return slugify(self.title)

    @property
    def section(self) -> str:
        """The slug of its own section."""
        return slugify(self.sections[0])

    @property
    def moment(self) -> datetime:
        """The time of publication; midnight in Vietnam if only the day is known."""
        if isinstance(self.published, datetime):
            return self.published
        return datetime.combine(self.published, time(), VIETNAM)

    @property
    def blocks(self) -> list[Block]:
        """The blocks of the body, in order."""
        return list(read_blocks(self.body))

    @property
    def printed_blocks(self) -> list[Block]:
        """The blocks as the page prints them, with the end mark after the last paragraph."""
        blocks = self.blocks
        if self.end_mark:
            last = max(n for n, block in enumerate(blocks) if block.kind == "paragraph")
            text = blocks[last].text.removesuffix(".") + self.end_mark
            blocks[last] = replace(blocks[last], text=text)
        return blocks

    @property
    def photos(self) -> list[StoryPhoto]:
        """The photos of the body, in order."""
        return [block.photo for block in self.blocks if block.photo]

    @property
    def attachments(self) -> list[StoryFile]:
        """The files that the body links to or shows, in order."""
        return [block.file for block in self.blocks if block.file]

    @property
    def is_notice(self) -> bool:
        """Whether files stand in place of the text."""
        return all(block.file for block in self.blocks)


def slugify(text: str) -> str:
    """Return a slug of ASCII letters, digits and hyphens: ``Kinh tế`` gives ``kinh-te``."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def stories(source: str, night: int, last_night: date | None = None) -> list[Story]:
    """Return the public stories of a site on a night (1, 2 or 3), newest first.

    ``last_night`` is the day of the third night, to which the dates are moved; by default they are
    those that are written.
    """
    public = [
        _as_of(_moved(story, last_night), night)
        for story in _all_stories()
        if story.source == source and _is_public(story, night)
    ]
    return sorted(public, key=lambda story: (story.moment, story.id), reverse=True)


def _moved(story: Story, last_night: date | None) -> Story:
    """Return a story with its dates moved, and the years in its texts, if a night is given."""
    if last_night is None:
        return story
    of_day = story.of_day or story.published
    years = moved(of_day, last_night).year - of_day.year
    modified = story.modified and moved_time(story.modified, last_night)
    return replace(
        story,
        published=moved(story.published, last_night),
        modified=modified,
        edit=_moved_edit(story.edit, last_night, years) if story.edit else None,
        years=years,
        title=with_years(story.title, years),
        lede=with_years(story.lede, years) if story.lede else story.lede,
        body=with_years(story.body, years),
        tags=tuple(with_years(tag, years) for tag in story.tags),
    )


def _moved_edit(edit: Edit, last_night: date, years: int) -> Edit:
    """Return an edit with its date moved, and the years in its texts."""
    return replace(
        edit,
        modified=moved_time(edit.modified, last_night),
        wrong=with_years(edit.wrong, years),
        right=with_years(edit.right, years),
    )


def _is_public(story: Story, night: int) -> bool:
    """Whether the portal shows a story in a night."""
    removed = story.removed_from is not None and night >= story.removed_from
    return story.appears <= night and not removed


def _as_of(story: Story, night: int) -> Story:
    """Return a story as it reads in a night, before or after its edit."""
    edit = story.edit
    if edit is None or night < edit.night:
        return story
    return replace(story, body=story.body.replace(edit.wrong, edit.right), modified=edit.modified)


@cache
def _all_stories() -> tuple[Story, ...]:
    """Return the stories of all portals, which are read once."""
    folder = files("scraper.demo") / "articles"
    data = sorted((entry for entry in folder.iterdir()), key=lambda entry: entry.name)
    written = [story for entry in data for story in _read_file(entry.read_text("utf-8"))]
    by_id = {story.id: story for story in written if story.source == "huyen"}
    return tuple(_with_shared_text(story, by_id) for story in written)


def _read_file(text: str) -> Iterator[Story]:
    content = tomllib.loads(text)
    for entry in content["article"]:
        yield _read_story(content["source"], content["section"], entry)


def _read_story(source: str, section: str, entry: dict[str, Any]) -> Story:
    also_in = entry.pop("also_in", [])
    edit = entry.pop("edit", None)
    tags = tuple(entry.pop("tags", []))
    return Story(
        source=source,
        sections=(section, *also_in),
        tags=tags,
        edit=Edit(**edit) if edit else None,
        **{"title": "", "body": "", **entry},
    )


def _with_shared_text(story: Story, district: dict[int, Story]) -> Story:
    """Return a story with the text that it shares with another portal's, if it does."""
    if story.same_text_as is None:
        return story
    original = district[story.same_text_as]
    return replace(
        story,
        title=original.title,
        lede=original.lede,
        body=original.body,
        of_day=original.published,
    )
