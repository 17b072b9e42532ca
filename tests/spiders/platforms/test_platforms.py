"""Every platform and every way of paging: all is found from the home page alone, and once."""

from __future__ import annotations

import re

import pytest

from pipelines.items import Page
from scraper.base.errors import UsageError
from scraper.base.urls import UrlRules, canonical_url, url_key
from spiders.discovery.site_files import default_paths
from spiders.platforms import GENERIC, PLATFORMS, Platform, platform_for, platform_named
from tests.portals.habits import Habits
from tests.portals.platforms import PLATFORM_PORTALS, without_double
from tests.portals.portal import Double, Portal
from tests.portals.schemes import ADDRESSES, PAGING_PORTALS, TersePortal
from tests.portals.stories import SECTIONS
from tests.portals.walk import Walk, fetch, source_of, walk


def titles(seen: Walk) -> list[str]:
    pages = [page.body.decode() for page in seen.articles.values()]
    headings = [re.search(r"<title>\s*(.*?)(?: - |\s*</title>)", page) for page in pages]
    return [heading[1] for heading in headings if heading]


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_every_platform_has_a_double_that_it_recognises(platform: Platform) -> None:
    for missing in without_double([platform]):
        pytest.fail(missing, pytrace=False)
    with PLATFORM_PORTALS[platform.name]() as portal:
        assert platform_for(fetch(portal.home_url)) is platform


def test_a_platform_without_a_double_is_named_with_the_file_to_add() -> None:
    class Bitrix(Platform):
        name = "bitrix"

    [told] = without_double([*PLATFORMS, Bitrix()])
    assert "'bitrix' (Bitrix) has no double" in told
    assert "tests/portals/platforms.py" in told


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_platforms_are_told_apart_by_more_than_a_generator(platform: Platform) -> None:
    assert len(platform.marks) >= 2
    assert platform_named(platform.name) is platform


@pytest.mark.parametrize("name", PLATFORM_PORTALS)
def test_all_articles_of_a_platform_are_found_once(name: str) -> None:
    with PLATFORM_PORTALS[name]() as portal:
        found = titles(walk(portal))
    assert sorted(found) == sorted(portal.titles)


@pytest.mark.parametrize("name", PAGING_PORTALS)
def test_all_articles_are_found_by_every_way_of_paging(name: str) -> None:
    with PAGING_PORTALS[name]() as portal:
        found = titles(walk(portal))
    assert sorted(found) == sorted(portal.titles)


@pytest.mark.parametrize("scheme", ADDRESSES)
def test_articles_are_found_where_neither_address_nor_title_tells_them(scheme: str) -> None:
    with TersePortal(scheme) as portal:
        found = titles(walk(portal))
    assert sorted(found) == sorted(portal.titles)


@pytest.mark.parametrize("name", PLATFORM_PORTALS)
def test_an_article_under_two_sections_is_one_article(name: str) -> None:
    with PLATFORM_PORTALS[name](habits=Habits(two_sections=True)) as portal:
        found = titles(walk(portal))
    assert sorted(found) == sorted(portal.titles)


@pytest.mark.parametrize("name", PLATFORM_PORTALS)
def test_lists_and_articles_of_a_platform_have_keys_of_their_own(name: str) -> None:
    with PLATFORM_PORTALS[name]() as portal:
        keys = {_key(portal, name, path, "article") for path in portal.article_paths}
        lists = [portal.list_path(section, page) for section in SECTIONS for page in (1, 2)]
        keys |= {_key(portal, name, path, "listing") for path in lists}
    assert len(keys) == len(portal.stories) + len(set(lists))


def test_temptations_are_left_alone() -> None:
    habits = Habits(login_links=True, print_twins=True, calendar=True, looping_path=True)
    with Portal(habits=habits) as portal:
        found = titles(walk(portal))
        asked = [request.path for request in portal.log]
    assert sorted(found) == sorted(portal.titles)
    assert not [path for path in asked if path.startswith(("/print", "/lich"))]
    assert asked.count("/users/login/?nv_redirect=abc") == asked.count("/goc-thanh-vien")


def test_the_usual_places_are_at_the_root_of_the_host() -> None:
    feeds, sitemaps = default_paths("http://suoithu.gov.vn/vi/")
    root = "http://suoithu.gov.vn/"
    assert (feeds[0], sitemaps[0]) == (root + "rss", root + "sitemap.xml")
    assert len(set(feeds)) == len(feeds)


def test_a_page_without_marks_is_generic() -> None:
    assert platform_for(Page("http://a.vn/", b"<html><p>x</p></html>")) is GENERIC


def test_a_mere_link_to_another_system_does_not_recognise_it() -> None:
    body = b'<html><img src="https://other.vn/wp-content/themes/x/logo.png"></html>'
    assert platform_for(Page("http://a.vn/", body)) is GENERIC


def test_an_unknown_platform_name_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match="nukeviet"):
        platform_named("nukevit")


def _key(portal: Double, platform: str, path: str, kind: str) -> str:
    url_rules = UrlRules(platform_named(platform).url_identity)
    return url_key(canonical_url(path, source_of(portal), url_rules, kind), url_rules)
