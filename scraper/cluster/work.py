"""What a worker does: it reads pages from the archive and stores the readings. It has no database.

Each page is read in a process of its own, within limits of time and memory, as on one machine.
"""

from __future__ import annotations

import multiprocessing
import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipelines.article import Article
from pipelines.extraction.block_occurrences import LEARNED
from pipelines.extraction.repeated_blocks import RecurringBlock
from scraper.archive.opening import Archive, is_held
from scraper.archive.storage import Storage, open_storage
from scraper.base.errors import UnfitWorkerError
from scraper.cluster.reading_files import (
    Row,
    identity_of,
    occurrences_of,
    page_of,
    read_metadata,
    read_rows,
    reading_of,
    row_of,
    rows_of_source,
    write_readings,
)
from scraper.cluster.tasks import (
    LearnedSource,
    LearnedTask,
    LearnTask,
    RangeResult,
    RangeTask,
    Workplace,
    own_versions,
    profile_digest,
)
from scraper.reprocessing.page_reading import SourceProfiles, read_archived_pages
from scraper.reprocessing.profiles import learn_blocks
from scraper.store.archived_pages import ArchivedPage
from scraper.store.block_occurrences import (
    add_block_occurrences,
    copy_occurrences,
    searched_part,
    write_blocks,
)
from scraper.store.database import open_scratch, write_transaction

MAX_SAMPLES = 3
"""Failed pages that a result names."""

OF_EXTRACTION = "extraction_"
"""How the problems begin that are of the page itself: the same bytes have them every time."""

UNREADABLE = "unreadable"
"""The reason of pages that the archive has not, or not whole."""

SEEN = ("url_key", "source", "article_id", "quarter", "occurrences", "body_chars")
"""What is learned from."""


def read_range(task: RangeTask) -> RangeResult:
    """Read the pages of a range, unless a file has these readings already.

    Raises UnfitWorkerError, and ArchiveError if the result cannot be stored.
    """
    require_fit(task.place)
    storage = open_storage(task.place.root)
    if kept := _kept(storage, task):
        return kept
    return _store(storage, task, _read(task.place, task.pages, task.profiles))


def learn_source(task: LearnTask) -> LearnedSource:
    """Learn the boilerplate of a source as one machine does.

    The occurrences on its pages are stored over those stored before, in the order of the keys, in
    a database of this task's own. Raises UnfitWorkerError and ArchiveError.
    """
    require_fit(task.place)
    storage = open_storage(task.place.root)
    rows = [
        row
        for row in rows_of_source(storage, task.names, SEEN, task.source)
        if row["article_id"] is not None and row["body_chars"] is not None
    ]
    db = open_scratch()
    with write_transaction(db):
        write_blocks(db, task.source, task.known)
        copy_occurrences(db, task.stored)
        for row in sorted(rows, key=lambda row: str(row["url_key"])):
            article = Article(paragraphs=["…"] if row["body_chars"] else [])
            add_block_occurrences(
                db, row["article_id"], task.source, row["url_key"], article, row["quarter"],
                occurrences_of(row),
            )  # fmt: skip
    learned = learn_blocks(db, task.source)
    boilerplate = tuple(block for block in learned.blocks if block.is_boilerplate)
    return LearnedSource(task.source, boilerplate, tuple(learned.changed))


def read_learned(task: LearnedTask) -> RangeResult:
    """Read the pages of a range again that show a block that was learned.

    The file also has a row for each other page of these sources: its reading is the first one.
    Raises UnfitWorkerError and ArchiveError.
    """
    require_fit(task.place)
    storage = open_storage(task.place.root)
    if kept := _kept(storage, task):
        return kept
    digests = {slug: profile_digest(*each) for slug, each in task.profiles.items()}
    again, same = [], []
    for row in read_rows(storage, task.base, sources=task.profiles):
        page = page_of(row)
        if depends_on(row, task.changed[page.source]):
            again.append(page)
        else:
            same.append(identity_of(page, digests[page.source]) | {"base": row["profile"]})
    return _store(storage, task, _read(task.place, again, task.profiles), same)


def depends_on(row: Row, blocks: Iterable[RecurringBlock]) -> bool:
    """Whether the text of a page may be another if some blocks become boilerplate, or are no more.

    An article whose page shows none any more may hold one in the text that is stored.
    """
    if row["article"] is None:
        return row["article_id"] is not None
    seen = {each.hash for each in occurrences_of(row)}
    if any(block.hash in seen for block in blocks):
        return True
    article = reading_of(row).article
    assert article is not None
    texts = (article.body, article.lede or "", article.provenance.get(LEARNED, ""))
    return any(searched_part(block) in text for block in blocks for text in texts)


def require_fit(place: Workplace) -> None:
    """Raise UnfitWorkerError, with the next step, if this process cannot do tasks as it should."""
    host, own = socket.gethostname(), own_versions()
    if own != place.versions:
        raise UnfitWorkerError(
            f"a worker on {host} has {own}, here is {place.versions}: install the same there"
        )
    if multiprocessing.current_process().daemon:
        raise UnfitWorkerError(
            f"a worker on {host} may not start processes: set the variable"
            " DASK_DISTRIBUTED__WORKER__DAEMON=False where `dask worker` is started"
        )
    for folder, name in ((place.root, place.marker), (place.archive, place.landmark)):
        if name and open_storage(folder).size(name) is None:
            raise UnfitWorkerError(
                f"a worker on {host} does not see {folder}: use a folder that all machines share,"
                " under the same path, or s3://"
            )


def _read(
    place: Workplace, pages: Sequence[ArchivedPage], profiles: SourceProfiles
) -> Iterator[Row]:
    digests = {slug: profile_digest(*each) for slug, each in profiles.items()}
    if not pages:
        return
    for page, reading in read_archived_pages(iter(pages), archive_at(place.archive), profiles, 1):
        yield row_of(page, reading, digests[page.source])


def archive_at(place: str) -> Archive:
    """Return an archive by its path or URL; of a path, also what was pushed from it is found."""
    return place if "://" in place else Path(place)


def _store(
    storage: Storage, task: RangeTask | LearnedTask, rows: Iterable[Row], same: Iterable[Row] = ()
) -> RangeResult:
    read = list(rows)
    failed = [row for row in read if row["problem"]]
    missing = _missing_files(archive_at(task.place.archive), read)
    metadata = {
        "inputs": task.inputs,
        "pages": len(read),
        "articles": sum(row["article"] is not None for row in read),
        "failed": len(failed),
        "reasons": Counter(map(_reason_of, failed)),
        "samples": [(row["url"], row["problem"]) for row in failed[:MAX_SAMPLES]],
        "unread": [row["article_id"] for row in read if row["article_id"] and not row["article"]],
        "missing": missing,
        "is_final": not any(_may_be_read_later(row, missing) for row in failed),
    }
    write_readings(storage, task.name, [*read, *same], metadata)
    return _result(task.name, metadata, is_kept=False)


def _kept(storage: Storage, task: RangeTask | LearnedTask) -> RangeResult | None:
    """Return what the file of a task holds, if nothing would be read otherwise now."""
    metadata = read_metadata(storage, task.name)
    if metadata is None or metadata["inputs"] != task.inputs or not metadata["is_final"]:
        return None
    if any(is_held(archive_at(task.place.archive), name) for name in metadata["missing"]):
        return None
    return _result(task.name, metadata, is_kept=True)


def _result(name: str, metadata: Row, *, is_kept: bool) -> RangeResult:
    counts = {key: metadata[key] for key in ("inputs", "pages", "articles", "failed", "reasons")}
    samples = tuple((url, problem) for url, problem in metadata["samples"])
    unread = tuple(metadata["unread"])
    return RangeResult(name, **counts, samples=samples, unread=unread, is_kept=is_kept)


def _missing_files(archive: Archive, rows: Iterable[Row]) -> list[str]:
    """Return the files of the archive that pages need, and that are not there."""
    files = {name for row in rows for name, _ in page_of(row).captures}
    return sorted(name for name in files if not is_held(archive, name))


def _reason_of(row: Row) -> str:
    problem = str(row["problem"])
    return problem if problem.startswith(OF_EXTRACTION) else UNREADABLE


def _may_be_read_later(row: Row, missing: Sequence[str]) -> bool:
    """Whether a page was not read for a reason that may pass, such as a lost connection."""
    captures = page_of(row).captures
    is_lost = not captures or captures[0][0] in missing
    return _reason_of(row) == UNREADABLE and not is_lost
