"""What runs have found out about a source, for `tinhuyen sources show`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scraper.base.messages import say, say_count
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.base.source import Source

LEARNED = "learned: {text}, {pages}, {quarters}"
LEARNED_AND_KEPT = "learned: {text}, {pages}, {quarters}, kept all the same"


def unmatched(session: Session, source: Source) -> list[str]:
    """The selectors that match nothing on the archived pages, if there are any pages."""
    from scraper.reprocessing.selectors import unmatched_selectors

    configuration = session.configuration()
    if not configuration.database.exists():
        return []
    db = session.read_database()
    return [str(one) for one in unmatched_selectors(db, configuration.archive, source)]


def learned_texts(session: Session, source: Source) -> list[dict[str, Any]]:
    """The recurring texts that are cut from the articles of a source, and in which quarters.

    A text that is stored only in part ends with ``*``, as it does in the key `keep`.
    """
    from scraper.reprocessing.profiles import profile_of
    from scraper.store.block_occurrences import SHOWN, learned_blocks

    if not session.configuration().database.exists():
        return []
    db = session.read_database()
    known = profile_of(db, source)
    return [
        {
            "text": block.text + "*" * (len(block.text) == SHOWN),
            "pages": block.pages,
            "quarters": block.quarters,
            "kept": known.is_kept(block.text),
        }
        for block in learned_blocks(db, source.slug)
    ]


def by_script(session: Session, source: Source) -> list[str]:
    """The lists of a source that go on only by script, and are to be declared with `more`."""
    from scraper.store.frontier import lists_by_script

    if not session.configuration().database.exists():
        return []
    return lists_by_script(session.read_database(), source.slug)


def fetched_files(session: Session, source: Source) -> dict[str, bool]:
    """Which files of a source are fetched: those that neither of the two settings leaves out."""
    configuration = session.configuration()
    return {
        "photos": configuration.photos and source.photos,
        "attachments": configuration.attachments and source.attachments,
    }


def describe_block(block: Mapping[str, Any]) -> str:
    """A learned text, on how many pages it stood, and in which quarters."""
    return say(
        LEARNED_AND_KEPT if block["kept"] else LEARNED,
        text=repr(block["text"]),
        pages=say_count(block["pages"], "page"),
        quarters=_span(block["quarters"]),
    )


def _span(quarters: Sequence[str]) -> str:
    """The first and the last of the quarters."""
    first, last = quarters[0], quarters[-1]
    return first if first == last else say("{first} to {last}", first=first, last=last)
