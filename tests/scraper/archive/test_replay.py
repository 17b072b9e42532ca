"""The archive is a web archive: the replay server of others shows our pages as they were."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from urllib.request import urlopen

import pytest

from scraper.archive.reader import read_origin
from scraper.archive.writer import ArchiveWriter, head
from tests.portals.notices import png
from tests.scraper.recovery.replay_server import make_collection, needs_pywb, replaying
from tests.scraper.stores import MOMENT, page_of

pytestmark = needs_pywb

SITE = "http://huyen.localhost"
PHOTO = png()
HTML = page_of("Huyện đoàn ra quân", "Sáng nay, Huyện đoàn ra quân.").encode()


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a replay server with one archive file: a page, compressed; one, imported."""
    folder = tmp_path_factory.mktemp("replay")
    writer = ArchiveWriter(folder / "archive")
    fields = [(b"Content-Type", b"text/html; charset=utf-8"), (b"Content-Encoding", b"gzip")]
    request, answer = head("GET /1.html HTTP/1.1", []), head("HTTP/1.1 200 OK", fields)
    writer.write(f"{SITE}/1.html", request, answer, gzip.compress(HTML), MOMENT)
    writer.write_resource(f"{SITE}/2.html", "text/html; charset=utf-8", HTML, MOMENT)
    writer.close()
    photos = ArchiveWriter(folder / "archive", series="photos")
    shown = head("HTTP/1.1 200 OK", [(b"Content-Type", b"image/png")])
    place = photos.write(f"{SITE}/1.png", request, shown, PHOTO, MOMENT)
    origin = read_origin(photos.folder, place.warc_file, place.warc_offset)
    assert origin is not None
    later = MOMENT + timedelta(seconds=5)
    photos.write_revisit(f"{SITE}/2.png", request, shown, origin, later)
    photos.write_resource("urn:tinhuyen:preview:0", "image/webp", b"RIFF", later)
    photos.close()
    make_collection(folder, sorted(writer.folder.iterdir()))
    with replaying(folder) as port:
        yield f"http://127.0.0.1:{port}/kept"


@pytest.mark.parametrize("name", ["1.html", "2.html"])
def test_a_page_is_replayed_as_it_was(replayed: str, name: str) -> None:
    moment = f"{MOMENT:%Y%m%d%H%M%S}"
    with urlopen(f"{replayed}/{moment}id_/{SITE}/{name}", timeout=300) as answer:
        body = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
    assert body == HTML
    with urlopen(f"{replayed}/{moment}mp_/{SITE}/{name}", timeout=300) as answer:
        assert "Huyện đoàn ra quân" in answer.read().decode()


@pytest.mark.parametrize("name", ["1.png", "2.png"])
def test_a_photo_is_replayed_at_every_url_that_had_it(replayed: str, name: str) -> None:
    moment = f"{MOMENT:%Y%m%d%H%M%S}"
    with urlopen(f"{replayed}/{moment}id_/{SITE}/{name}", timeout=300) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.read() == PHOTO
