"""Photos, attachments and previews in an archive and its database, as a crawl keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from sqlite_utils import Database

from scraper.archive.reader import read_origin
from scraper.archive.writer import ArchiveWriter, RecordLocation, head
from scraper.base.clock import to_utc_iso
from scraper.store.captures import Capture, add_capture
from scraper.store.files import file_key
from tests.scraper.stores import MOMENT

REQUEST = head("GET / HTTP/1.1", [])


@dataclass(slots=True)
class FileArchive:
    """Writes files into the archive; ``series`` names the WARC files of each kind."""

    db: Database
    folder: Path
    writers: dict[str, ArchiveWriter] = field(default_factory=dict)
    serial: int = 0

    def add(
        self, kind: str, name: str, body: bytes, moment: datetime = MOMENT, source: str = "huyen"
    ) -> RecordLocation:
        """Archive a file at an address of the source, and store its capture."""
        url = f"http://{source}.localhost/{name}"
        digest = sha256(body).hexdigest()
        earlier = self.db.execute(
            "SELECT id, warc_file, warc_offset FROM captures WHERE body_hash = ?", [digest]
        ).fetchone()
        if earlier:
            origin = read_origin(self.folder, *earlier[1:])
            assert origin is not None
            answer = head("HTTP/1.1 200 OK", [(b"Content-Length", b"9")])
            self._writer(kind).write_revisit(url, REQUEST, answer, origin, moment)
            place, capture = RecordLocation("", 0), earlier[0]
        else:
            answer = head("HTTP/1.1 200 OK", [(b"Content-Type", b"application/octet-stream")])
            place = self._writer(kind).write(url, REQUEST, answer, body, moment)
            kept = Capture(place.warc_file, place.warc_offset, digest, 200, moment)
            capture = add_capture(self.db, file_key(url), kept)
        self.db.execute(
            "INSERT INTO files (url_key, source, url, kind, outcome, digest, media_type, size,"
            " first_seen_at, fetched_at, capture) VALUES (?, ?, ?, ?, 'new', ?, 'image/jpeg', ?,"
            " ?, ?, ?)",
            [
                *(file_key(url), source, url, kind, digest, len(body)),
                *(to_utc_iso(moment), to_utc_iso(moment), capture),
            ],
        )
        self.db.conn.commit()
        return place

    def add_preview(self, of: bytes, moment: datetime = MOMENT) -> RecordLocation:
        """Archive a preview of a photo."""
        digest = sha256(of).hexdigest()
        writer = self._writer("photo")
        place = writer.write_resource(f"urn:sha256:{digest}", "image/webp", b"small", moment)
        self.db.execute(
            "INSERT INTO previews VALUES (?, 'image/webp', 48, 36, ?, ?)",
            [digest, place.warc_file, place.warc_offset],
        )
        self.db.conn.commit()
        return place

    def next_day(self) -> None:
        """Begin new files."""
        for writer in self.writers.values():
            writer.close()
        self.writers.clear()

    def _writer(self, kind: str) -> ArchiveWriter:
        if kind not in self.writers:
            self.serial += 1
            series = "photos" if kind == "photo" else "files"
            self.writers[kind] = Writer(self.folder, f"{series}-2026112302000{self.serial}")
        return self.writers[kind]


class Writer(ArchiveWriter):
    """Writes one file with a given name."""

    def __init__(self, folder: Path, stem: str) -> None:
        super().__init__(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.file = (folder / f"{stem}-1-00000.warc.gz").open("xb", buffering=0)
        self.name = Path(self.file.name).name
        info = self._record("warcinfo", {}, b"", b"software: test\r\n", "application/warc-fields")
        self._append(self.file, 0, info)

    def _file(self) -> BinaryIO:
        assert self.file is not None
        return self.file
