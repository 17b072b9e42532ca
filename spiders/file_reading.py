"""Read photos and attachments in workers: what they are, their text, and a preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from pipelines.documents import READER_VERSION, Document, Picture, read_document, read_photo
from pipelines.documents.media_types import UNKNOWN, media_type_of
from pipelines.items import Page
from pipelines.workers import (
    Workers,
    WorkersStoppedError,
    is_lack_of_memory,
    reason_of,
    within_memory,
)
from scraper.archive.writer import ArchiveWriter
from scraper.config.program_settings import settings
from scraper.store.file_outcomes import FileDescription, photo_with_digest
from scraper.store.file_texts import FileText, stored_text
from scraper.store.files import FileKind
from scraper.store.previews import Preview, has_preview

SERIES = {FileKind.PHOTO: "photos", FileKind.ATTACHMENT: "files"}
"""The beginnings of the names of the WARC files with photos and attachments."""

PREVIEW_URI = "urn:tinhuyen:preview:"
"""The beginning of the URI of a preview in the archive; the digest of the photo follows."""


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """A preview of a photo, with its size in pixels."""

    body: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FileReading:
    """What was read from a file. ``reason`` is why something is missing.

    ``text`` and ``preview`` are None if they are stored already, or if there is none.
    """

    description: FileDescription
    reason: str | None = None
    text: FileText | None = None
    preview: SmallPicture | None = None


class FileReader:
    """Has files read by the workers, each body once."""

    def __init__(self, db: Database, workers: Workers) -> None:
        self.db = db
        self.workers = workers

    async def read(self, kind: FileKind, digest: str, page: Page) -> FileReading:
        """Return what a file is. If a worker hangs or dies, the reason says so.

        Raises WorkersStoppedError if the workers were stopped.
        """
        if kind is FileKind.PHOTO:
            return await self._read_photo(digest, page)
        return await self._read_document(digest, page)

    async def _read_photo(self, digest: str, page: Page) -> FileReading:
        known = photo_with_digest(self.db, digest)
        if known is not None and has_preview(self.db, digest):
            return FileReading(known)
        try:
            picture = await self.workers.call(read_photo, page.body)
        except WorkersStoppedError:
            raise
        except Exception as error:  # a photo that cannot be read is archived all the same
            description = FileDescription(await self._type_of(page.body))
            return FileReading(description, problem_of(error, "photo"))
        return reading_of(picture)

    async def _read_document(self, digest: str, page: Page) -> FileReading:
        known = stored_text(self.db, digest)
        if known is not None:
            return FileReading(FileDescription(known.media_type), known.reason)
        claimed, name = _claimed_type(page), (page.url or "").rpartition("/")[2]
        try:
            document = await self.workers.call(read_within_memory, page.body, claimed, name)
        except WorkersStoppedError:
            raise
        except Exception as error:  # a document that cannot be read is archived all the same
            reason = problem_of(error, "document")
            media_type = await self._type_of(page.body)
            text = FileText(media_type, None, "", reason, READER_VERSION)
            return FileReading(FileDescription(media_type), reason, text)
        return reading_of(document)

    async def _type_of(self, body: bytes) -> str:
        """Return the type of a file that could not be read: what it is, not what is claimed.

        Raises WorkersStoppedError if the workers were stopped.
        """
        try:
            return await self.workers.call(media_type_of, body)
        except WorkersStoppedError:
            raise
        except Exception:  # what ended the first worker may end this one, too
            return UNKNOWN


def problem_of(error: Exception, work: str) -> str:
    """Return why a worker could not read a file: for lack of time or memory, or by a crash."""
    if is_lack_of_memory(error):
        return f"{work}_memory"
    reason = reason_of(error, work)
    return f"{work}_crash" if reason == f"{work}_died" else reason


def read_within_memory(body: bytes, claimed: str | None, name: str) -> Document:
    """Read a document in a worker, with less memory than a page may use."""
    return within_memory(settings.DOCUMENT_MEMORY_MB, read_document, body, claimed, name)


def reading_of(read: Document | Picture) -> FileReading:
    """Return what is stored of a document or a photo that was read."""
    if isinstance(read, Document):
        pages = len(read.pages) or None
        text = FileText(read.media_type, pages, read.text, read.problem, READER_VERSION)
        return FileReading(FileDescription(read.media_type), read.problem, text)
    preview = None
    if read.preview is not None and read.width and read.height:
        size = _fitted(read.width, read.height)
        preview = SmallPicture(read.preview, str(read.preview_type), *size)
    description = FileDescription(read.media_type, read.width, read.height)
    return FileReading(description, read.problem, preview=preview)


def archive_preview(
    writer: ArchiveWriter, digest: str, preview: SmallPicture | None, moment: datetime
) -> Preview | None:
    """Write the preview of a photo to the archive; returns its place, None without a preview."""
    if preview is None:
        return None
    place = writer.write_resource(PREVIEW_URI + digest, preview.media_type, preview.body, moment)
    return Preview(
        preview.media_type, preview.width, preview.height, place.warc_file, place.warc_offset
    )


def _claimed_type(page: Page) -> str:
    return page.headers.get("content-type", "").partition(";")[0].strip() or UNKNOWN


def _fitted(width: int, height: int) -> tuple[int, int]:
    """Return the size of a preview of a photo of this size."""
    from pipelines.documents.photos import PREVIEW_SIDE

    scale = min(1.0, PREVIEW_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
