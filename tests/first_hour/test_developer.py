"""A Python developer adds a local portal, on the command line and in the browser."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from scraper.demo.portal import DemoPortal
from tests.browse.serving import Browsing
from tests.first_hour.conftest import User, opened_page

PASSWORD = "mật khẩu dài"
NAME = "Xã Bản Lềnh"


@pytest.fixture(scope="module")
def portal() -> Iterator[str]:
    """The home page of a portal on this machine."""
    with DemoPortal() as served:
        yield served.sites[2].home_url


@pytest.fixture(scope="module")
def developer(tmp_path_factory: pytest.TempPathFactory, portal: str) -> User:
    """Somebody who added the portal, after a look at it, and crawled a few pages."""
    user = User(tmp_path_factory.mktemp("developer"))
    asked = ("sources", "add", portal, "--name", NAME, "--delay", "0.01")
    shown = user.run(*asked, "--dry-run")
    assert "None" not in shown
    assert not user.sources.exists()
    added = user.run(*asked, "--yes")
    (slug,) = tomllib.loads(user.sources.read_text("utf-8"))
    assert f"tinhuyen crawl {slug}" in added
    user.run("crawl", slug, "--max-pages", "14")
    return user


def slug_of(user: User) -> str:
    (slug,) = tomllib.loads(user.sources.read_text("utf-8"))
    return slug


def first_article(user: User) -> str:
    return str(user.read("search", "xã", "--db", database_of(user))[0]["url"])


def database_of(user: User) -> str:
    return str(user.home / "data" / "tinhuyen.db")


def test_the_entry_keeps_what_was_given(developer: User, portal: str) -> None:
    (entry,) = tomllib.loads(developer.sources.read_text("utf-8")).values()
    assert entry == {"name": NAME, "home_url": portal, "delay": 0.01}


def test_a_wrong_layout_is_named_or_seen_before_it_is_applied(developer: User) -> None:
    kept, slug = developer.sources.read_text("utf-8"), slug_of(developer)
    developer.sources.write_text(f'{kept}\n[[{slug}.layouts]]\nbdy = "p"\n', "utf-8")
    try:
        said = developer.run("config", "check", code=2)
        assert "did you mean `body`?" in said
        assert "allowed: until, title, lede, body" in said
        failed = developer.tinhuyen("crawl", slug)
        assert failed.returncode == 2
        assert failed.stderr.count("did you mean `body`?") == 1
        developer.sources.write_text(f'{kept}\n[[{slug}.layouts]]\nbody = "h1"\n', "utf-8")
        tried = developer.run("reprocess", slug, "--dry-run")
        assert "too short for an article" in tried
        assert "None" not in tried
    finally:
        developer.sources.write_text(kept, "utf-8")


def test_one_page_is_read_and_one_site_crawled(developer: User, portal: str) -> None:
    url = first_article(developer)
    assert developer.read("extract", url)["title"] in developer.run("extract", url, "--explain")
    crawled = developer.read("crawl", "--url", portal, "--max-pages", "3", "--delay", "0.01")
    assert [row["source"] for row in crawled["sources"]] == [slug_of(developer)]


def test_a_layout_is_tried_in_the_browser_and_applied_to_the_archive(
    developer: User, browser: Browser
) -> None:
    slug = slug_of(developer)
    settings = {"TINHUYEN_PASSWORD": PASSWORD, "XDG_CONFIG_HOME": str(developer.home / "config")}
    credentials = {"username": "toi", "password": PASSWORD}
    with Browsing(Path(database_of(developer)), **settings) as browsing:
        page = opened_page(browser, f"{browsing.url}/manage?lang=en", http_credentials=credentials)
        page.get_by_role("button", name=f"Check: {NAME}").click()
        expect(page.locator("ol.hits > li")).to_have_count(3, timeout=300_000)
        page.goto(f"/manage/sources/{slug}/layout?lang=en")
        page.get_by_label("Title").fill("h1")
        page.get_by_label("Number of an article").fill("/articles/1")
        page.get_by_role("button", name="Try").click()
        expect(page.get_by_role("heading", name="Result")).to_be_visible()
        page.get_by_role("button", name="Save this layout").click()
        expect(page.get_by_role("status")).to_be_visible()
        page.goto("/manage?lang=en")
        page.get_by_role("button", name=f"Disable: {NAME}").click()
        expect(page.get_by_role("button", name=f"Enable: {NAME}")).to_be_visible()
        page.context.close()
    entry = tomllib.loads(developer.sources.read_text("utf-8"))[slug]
    assert entry["layouts"] == [{"title": "h1"}]
    assert entry["enabled"] is False
    developer.run("reprocess", "--dry-run")
    developer.run("reprocess", slug)
    assert developer.read("search", "xã", "--db", database_of(developer))
