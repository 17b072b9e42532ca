"""A database to browse, the command that serves it, and a browser that tells what went wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from scraper.base.source import Level, Source
from scraper.store.runs import finish_run
from scraper.store.sources import sync_sources
from tests.browse.library import fill_library
from tests.browse.serving import Browsing
from tests.scraper.stores import MOMENT, Portal

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = (
    "this test needs Chromium, and there is none: install it with `apt-get install chromium`, or"
    " with `.venv/bin/playwright install chromium` where there is no apt-get"
)

PLACES = {"huyen": ("district", "Vân Lĩnh", "H074"), "tinh": ("province", None, None)}


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that all tests here read."""
    portal = Portal(tmp_path_factory.mktemp("library"))
    sources = [
        Source(
            slug=slug,
            name=f"Cổng thông tin {slug}",
            home_url=f"http://{slug}.localhost/",
            level=Level(level),
            province="Sơn Hà",
            district=district,
            unit_code=unit_code,
        )
        for slug, (level, district, unit_code) in PLACES.items()
    ]
    sync_sources(portal.db, sources)
    fill_library(portal)
    finish_run(portal.db, portal.run, "done", MOMENT + timedelta(hours=9))
    path = portal.db.execute("PRAGMA database_list").fetchone()[2]
    return Path(path)


@pytest.fixture(scope="session")
def site(library: Path) -> Iterator[str]:
    """The address of `tinhuyen browse` on the library."""
    with Browsing(library) as browsing:
        yield browsing.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or the one that Playwright installed.

    It ends with its file: for as long, Playwright keeps an event loop running in the thread, in
    which no later test could run a loop of its own.
    """
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, BROWSERS)), playwright.chromium.executable_path)
        if not Path(path).exists():
            pytest.skip(NO_BROWSER)
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that may not log an error, open a dialog, or ask another host for anything."""
    context = browser.new_context(base_url=site)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(300_000)
    troubles: list[str] = []

    def refuse(dialog: Dialog) -> None:
        troubles.append(dialog.message)
        dialog.dismiss()

    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", refuse)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(site) else troubles.append(asked.url),
    )
    yield page
    context.close()
    assert troubles == []
