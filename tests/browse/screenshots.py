"""Takes pictures of an article with files: ``python -m tests.browse.screenshots [FOLDER]``.

It shows the article of ``shaped.py`` in both widths and both colour schemes. The pictures lie in
``scraper/browse/`` if no folder is named.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from scraper.base.source import Level, Source
from scraper.store.database import write_transaction
from scraper.store.sources import sync_sources
from tests.browse.conftest import BROWSERS, FLAGS
from tests.browse.serving import Browsing
from tests.browse.shaped import put_shaped
from tests.scraper.stores import Portal

ROOT = Path(__file__).parent.parent.parent
WIDTHS = {"wide": 1200, "narrow": 390}
SCHEMES = ("light", "dark")
HEIGHT = 900


def take(folder: Path) -> None:
    """Fill a database, serve it, and write a picture for each width and scheme."""
    with tempfile.TemporaryDirectory() as place:
        portal = Portal(Path(place))
        name, home = "Cổng thông tin huyện Vân Lĩnh", "http://huyen.localhost/"
        source = Source(slug="huyen", name=name, home_url=home, level=Level.DISTRICT)
        sync_sources(portal.db, [source])
        with write_transaction(portal.db):
            article = put_shaped(portal)
        with Browsing(Path(place) / "tinhuyen.db") as browsing, sync_playwright() as playwright:
            path = next(filter(None, map(shutil.which, BROWSERS)), None)
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            for name, width in WIDTHS.items():
                for scheme in SCHEMES:
                    page = browser.new_page(viewport={"width": width, "height": HEIGHT})
                    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                    page.goto(f"{browsing.url}/articles/{article}")
                    page.wait_for_function("[...document.images].every((image) => image.complete)")
                    picture = folder / f"article-files-{name}-{scheme}.png"
                    page.screenshot(path=picture, full_page=True)
                    page.close()
            browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "scraper" / "browse")
