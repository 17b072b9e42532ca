"""Doubles of the Internet Archive and of Common Crawl, after their public documentation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.scraper.recovery.archived import Archived, Record, write_archive
from tests.scraper.recovery.services import Answer, Fields, Request, Service, serving

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")


def url_key(url: str) -> str:
    """Return the key by which an index sorts: the host backwards, then the path."""
    parts = urlsplit(url.lower())
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}){parts.path or '/'}{query}"


def selected(captures: Iterable[Archived], request: Request) -> list[Archived]:
    """Return the captures that a query of an index is about, in its order."""
    url, match = request.param("url"), request.param("matchType", "exact")
    key = url_key(url if "//" in url else f"http://{url}")
    since = request.param("from").ljust(14, "0")
    until = request.param("to", "9" * 14).ljust(14, "9")
    begins = key.partition(")")[0] + ")" if match == "host" else key
    return sorted(
        (
            archived
            for archived in captures
            if since <= archived.timestamp <= until
            and (url_key(archived.url) == key or match != "exact")
            and url_key(archived.url).startswith(begins)
        ),
        key=lambda archived: (url_key(archived.url), archived.timestamp),
    )


@contextmanager
def internet_archive(captures: Sequence[Archived]) -> Iterator[Service]:
    """Run a double of the CDX server (``/cdx/search/cdx``) and of the replay (``/web/``)."""
    double = _InternetArchive(captures)
    with serving(double.answer) as service:
        double.root = service.url
        yield service


class _InternetArchive:
    def __init__(self, captures: Sequence[Archived]) -> None:
        self.captures = captures
        self.root = ""

    def answer(self, request: Request) -> Answer:
        if request.path == "/cdx/search/cdx":
            return self.index(request)
        timestamp, _, url = request.target.removeprefix("/web/").partition("id_/")
        return self.replay(timestamp, unquote(url))

    def index(self, request: Request) -> Answer:
        found = selected(self.captures, request)
        start = int(request.param("resumeKey", "0"))
        end = start + int(request.param("limit", "150000"))
        wanted = request.param("fl", ",".join(FIELDS)).split(",")
        rows = [[_field(archived, name) for name in wanted] for archived in found[start:end]]
        table = [wanted, *rows] if rows else []
        if request.param("showResumeKey") == "true" and end < len(found):
            table += [[], [str(end)]]
        text = "[" + ",\n".join(json.dumps(row) for row in table) + "]\n"
        return Answer(200, [("Content-Type", "application/json")], text.encode())

    def replay(self, timestamp: str, url: str) -> Answer:
        of_url = [archived for archived in self.captures if archived.url == url]
        if not of_url:
            return Answer(404, [("Content-Type", "text/html")], b"not archived")
        nearest = min(of_url, key=lambda found: abs(int(found.timestamp) - int(timestamp)))
        if nearest.timestamp != timestamp:
            return Answer(302, [("Location", f"/web/{nearest.timestamp}id_/{url}")])
        status, _, reason = nearest.status.partition(" ")
        return Answer(int(status), self.fields(nearest), nearest.body, reason)

    def fields(self, archived: Archived) -> Fields:
        fields = [("Server", "nginx"), ("Date", "Sat, 28 Nov 2026 00:00:00 GMT")]
        for name, value in archived.fields:
            plain, text = name.decode(), value.decode("latin-1")
            fields.append((f"x-archive-orig-{plain.lower()}", text))
            if plain.lower() == "location":
                text = f"{self.root}/web/{archived.timestamp}id_/{text}"
            if plain.lower() in ("content-type", "content-encoding", "location"):
                fields.append((plain, text))
        moment = format_datetime(archived.moment, usegmt=True)
        links = (
            f'<{archived.url}>; rel="original", <{self.root}/web/{archived.url}>; rel="timegate"'
        )
        return [*fields, ("memento-datetime", moment), ("link", links), ("x-ts", "200")]


def _field(archived: Archived, name: str) -> str:
    is_revisit = archived.revisit_of is not None
    return {
        "urlkey": url_key(archived.url),
        "timestamp": archived.timestamp,
        "original": archived.url,
        "mimetype": "warc/revisit" if is_revisit else archived.media_type,
        "statuscode": "-" if is_revisit else archived.status[:3],
        "digest": archived.digest,
        "length": str(len(archived.body)),
    }[name]


@contextmanager
def common_crawl(
    folder: Path, collections: Mapping[str, Sequence[Archived]], lines_per_page: int = 3
) -> Iterator[Service]:
    """Run a double of the index server and of the data server, over real WARC files."""
    records = {
        name: write_archive(folder / name, captures) for name, captures in collections.items()
    }
    double = _CommonCrawl(folder, records, lines_per_page)
    with serving(double.answer) as service:
        yield service


class _CommonCrawl:
    def __init__(self, folder: Path, records: dict[str, list[Record]], lines_per_page: int) -> None:
        self.folder = folder
        self.records = records
        self.lines_per_page = lines_per_page

    def answer(self, request: Request) -> Answer:
        if request.path == "/collinfo.json":
            return self.collections()
        name = request.path.strip("/").removesuffix("-index")
        if name in self.records:
            return self.index(name, request)
        return self.record(request)

    def collections(self) -> Answer:
        listed = [
            {"id": name, "name": name, "cdx-api": f"https://index.commoncrawl.org/{name}-index"}
            for name in self.records
        ]
        return Answer(200, [("Content-Type", "application/json")], json.dumps(listed).encode())

    def index(self, name: str, request: Request) -> Answer:
        places = {
            (record.archived.url, record.archived.moment): record for record in self.records[name]
        }
        found = selected([record.archived for record in places.values()], request)
        pages = -(-len(found) // self.lines_per_page)
        if request.param("showNumPages") == "true":
            size = {"pages": max(pages, 1), "pageSize": 5, "blocks": pages}
            return Answer(200, [], json.dumps(size).encode() + b"\n")
        page = int(request.param("page", "0"))
        if not found:
            return Answer(404, [], b'{"message": "No Captures found for: %b"}' % name.encode())
        if page >= pages:
            return Answer(400, [], b'{"message": "Page %d invalid"}' % page)
        chosen = found[page * self.lines_per_page : (page + 1) * self.lines_per_page]
        lines = [self.line(name, places[archived.url, archived.moment]) for archived in chosen]
        return Answer(200, [("Content-Type", "text/x-ndjson")], "".join(lines).encode())

    def line(self, name: str, record: Record) -> str:
        archived = record.archived
        values = {
            "urlkey": url_key(archived.url),
            "timestamp": archived.timestamp,
            "url": archived.url,
            "mime": "warc/revisit" if archived.revisit_of else archived.media_type,
            "mime-detected": archived.media_type,
            "status": archived.status[:3],
            "digest": archived.digest,
            "length": str(record.length),
            "offset": str(record.offset),
            "filename": f"{name}/{record.warc_file}",
        }
        return json.dumps(values) + "\n"

    def record(self, request: Request) -> Answer:
        path = self.folder / request.path.lstrip("/")
        if not path.is_file():
            return Answer(404, [], b"<Error><Code>NoSuchKey</Code></Error>")
        content = path.read_bytes()
        first, _, last = request.headers.get("range", "").removeprefix("bytes=").partition("-")
        if not first:
            return Answer(200, [], content)
        start, end = int(first), min(int(last), len(content) - 1)
        covered = f"bytes {start}-{end}/{len(content)}"
        return Answer(206, [("Content-Range", covered)], content[start : end + 1])
