"""Takes the pictures of ``scraper/browse/``: ``python -m tests.browse.screenshots [FOLDER]``.

Most show the demo after its third night, in both widths; those of an article with files show that
of ``shaped.py``, in both colour schemes. The pictures lie in ``scraper/browse/`` if no folder is
named.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scraper.base.source import Level, Source
from scraper.demo.content import NIGHTS
from scraper.store.database import open_for_reading, write_transaction
from scraper.store.sources import sync_sources
from tests.browse.conftest import BROWSERS, FLAGS
from tests.browse.serving import Browsing
from tests.browse.shaped import put_shaped
from tests.scraper.commands.test_command_line import tinhuyen
from tests.scraper.stores import Portal

ROOT = Path(__file__).parent.parent.parent
SCHEMES = ("light", "dark")
HEIGHT = 900
SHAPED_WIDTHS = {"wide": 1200, "narrow": 390}
COLOURS = 128
"""Colours of a picture of the demo: it is a quarter as large, and looks the same."""

TIMEOUT_MS = 300_000
LOAD_IMAGES = """Promise.all([...document.images].map((image) => {
    image.loading = "eager";
    return image.decode().catch(() => null);
}))"""
"""Those that are far below are loaded only now. A string would be refused by the policy of the
pages if it were called by script, as `wait_for_function` does."""

PASSWORD = "mật khẩu của ảnh chụp"
PICTURED = "SELECT id FROM articles WHERE title LIKE 'Quýt Vân Lĩnh%'"


@dataclass(frozen=True, slots=True)
class Screenshot:
    """A picture of a page: ``height`` is the most of it that is shown."""

    name: str
    path: str
    width: int
    height: int
    is_print: bool = False


SCREENSHOTS = (
    Screenshot("home", "/", 1280, 1500),
    Screenshot("home-narrow", "/", 390, 1800),
    Screenshot("article", "/articles/{article}", 1280, 860),
    Screenshot("article-print-wide", "/articles/{article}", 1280, 900, is_print=True),
    Screenshot("changes-wide", "/-/changes", 1280, 1600),
    Screenshot("changes-narrow", "/-/changes", 390, 1800),
    Screenshot("table-wide", "/demo/articles", 1280, 1600),
    Screenshot("table-narrow", "/demo/articles", 390, 1800),
    Screenshot("manage-wide", "/manage", 1280, 1600),
    Screenshot("manage-narrow", "/manage", 390, 1800),
)


def main(folder: Path) -> None:
    """Write all pictures."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as place:
        path = next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        take_demo(browser, folder, Path(place) / "demo")
        take_shaped(browser, folder, Path(place) / "shaped")
        browser.close()


def take_demo(browser: Browser, folder: Path, place: Path) -> None:
    """Crawl the three nights of the demo, serve them, and write a picture for each shot."""
    database = place / "demo.db"
    place.mkdir()
    for _ in NIGHTS:
        tinhuyen("demo", "--db", str(database), home=place)
    (article,) = open_for_reading(database).execute(PICTURED).fetchone()
    environment = {"TINHUYEN_PASSWORD": PASSWORD, "XDG_CONFIG_HOME": str(place / "config")}
    with Browsing(database, **environment) as browsing:
        for shot in SCREENSHOTS:
            with opened(browser, shot.width, min(shot.height, HEIGHT)) as page:
                if shot.is_print:
                    page.emulate_media(media="print")
                show(page, browsing.url + shot.path.format(article=article))
                small(page.screenshot(full_page=True), shot.height, folder / f"{shot.name}.png")


def take_shaped(browser: Browser, folder: Path, place: Path) -> None:
    """Fill a database with an article with files, and write a picture for each width and scheme."""
    place.mkdir()
    portal = Portal(place)
    name, home = "Cổng thông tin huyện Vân Lĩnh", "http://huyen.localhost/"
    source = Source(slug="huyen", name=name, home_url=home, level=Level.DISTRICT)
    sync_sources(portal.db, [source])
    with write_transaction(portal.db):
        article = put_shaped(portal)
    with Browsing(place / "tinhuyen.db") as browsing:
        for name, width in SHAPED_WIDTHS.items():
            for scheme in SCHEMES:
                with opened(browser, width, HEIGHT) as page:
                    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                    show(page, f"{browsing.url}/articles/{article}")
                    picture = folder / f"article-files-{name}-{scheme}.png"
                    page.screenshot(path=picture, full_page=True)


@contextmanager
def opened(browser: Browser, width: int, height: int) -> Iterator[Page]:
    """Open a page of a size, that knows the password."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        http_credentials={"username": "toi", "password": PASSWORD},
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def show(page: Page, url: str) -> None:
    """Open a page, and wait for its pictures."""
    page.goto(url, timeout=TIMEOUT_MS)
    page.evaluate(LOAD_IMAGES)


def small(picture: bytes, height: int, path: Path) -> None:
    """Write the upper part of a picture with few colours."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, height)))
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "scraper" / "browse")
