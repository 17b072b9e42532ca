"""Names that resemble one that is not known: of sources, provinces and districts."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from sqlite_utils import Database

from pipelines.text import fold
from scraper.base.errors import UsageError, did_you_mean
from scraper.store.sources import shown_names

MAX_NEAREST = 3
MAX_NAME_CHARS = 100
"""What is compared of a name: comparing takes time in proportion to its length."""


def nearest_names(name: str, known: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names most like one, nearest first.

    ``known`` are pairs of a way to spell a name, of which accents and case do not count, and the
    name itself.
    """
    spelled: dict[str, str] = {}
    for spelling, each in known:
        spelled.setdefault(fold(spelling), each)
    near = get_close_matches(fold(name[:MAX_NAME_CHARS]), spelled, n=2 * MAX_NEAREST)
    return list(dict.fromkeys(spelled[spelling] for spelling in near))[:MAX_NEAREST]


def nearest_sources(slug: str, names: dict[str, str]) -> list[str]:
    """Return the slugs of the sources whose slug or name is most like one; ``names`` by slug."""
    spellings = [(spelling, each) for each, name in names.items() for spelling in (each, name)]
    return nearest_names(slug, spellings)


def check_source(db: Database, slug: str) -> None:
    """Raise UsageError, with the nearest slugs, if the database has no such source."""
    names = shown_names(db)
    if slug in names:
        return
    hint = did_you_mean(nearest_sources(slug, names), "see `tinhuyen sources list`")
    raise UsageError(f"no source `{slug}`: {hint}")
