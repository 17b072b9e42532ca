"""The dates of the demo: of the weeks before a run, and the same on all nights and pages."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from urllib.parse import urljoin

import pytest

from pipelines import extract
from scraper.demo.content import stories
from scraper.demo.dates import WRITTEN_LAST_NIGHT, YEAR, moved, with_years
from scraper.demo.portal import SITES
from scraper.demo.server import Request
from tests.scraper.demo.truth import articles

DAYS = [date(2026, 1, 1), date(2027, 3, 1), date(2028, 2, 29), date(2031, 12, 31)]
"""The first of a year, the day after a February, a leap day, and the last of a year."""

PAST_DAYS = [date(2024, 1, 1), date(2024, 2, 29), date(2025, 3, 1), date(2025, 12, 31)]
"""Likewise: a page whose date is not yet come would be read as one without a date."""


def days(last_night: date | None = None) -> dict[tuple[str, int], date]:
    return {
        (story.source, story.id): story.moment.date()
        for slug in SITES
        for story in stories(slug, 3, last_night)
    }


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_all_dates_are_of_the_weeks_before_the_last_night(day: date) -> None:
    ages = sorted((day - each).days for each in days(day).values())
    assert ages[0] >= 1
    assert ages[-1] < 60
    assert sum(age <= 14 for age in ages) >= 10


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_article_becomes_older_than_one_that_is_older(day: date) -> None:
    before, after = days(), days(day)
    order = sorted(before, key=lambda key: before[key])
    assert all(after[older] <= after[newer] for older, newer in pairwise(order))
    twins = [each for each in stories("tinh", 1, day) if each.same_text_as]
    originals = {each.id: each.moment for each in stories("huyen", 1, day)}
    assert twins
    assert all(originals[each.same_text_as or 0] < each.moment for each in twins)


def test_newest_dates_are_moved_by_whole_days_and_the_time_of_day_stays() -> None:
    noon = datetime.fromisoformat("2025-06-12T12:00:00+07:00")
    later = WRITTEN_LAST_NIGHT + timedelta(days=100)
    assert moved(noon, later) == noon + timedelta(days=100)
    assert moved(date(2023, 7, 18), date(2027, 1, 1)) == date(2026, 11, 7)
    assert moved(noon, WRITTEN_LAST_NIGHT) == noon


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_years_in_texts_move_with_their_article(day: date) -> None:
    """An article of the year before last that names its year names that of its new date."""
    written = {(each.source, each.id): each for each in stories("huyen", 3)}
    named = 0
    for story in stories("huyen", 3, day):
        before = written[story.source, story.id]
        was, now = before.moment.year, story.moment.year
        for old, new in ((before.title, story.title), (before.body, story.body)):
            assert len(YEAR.findall(old)) == len(YEAR.findall(new))
            named += str(was) in YEAR.findall(old)
            assert YEAR.findall(old).count(str(was)) == YEAR.findall(new).count(str(now))
    assert named > 10
    by_id = {story.id: story for story in stories("huyen", 1, day)}
    twins = [each for each in stories("tinh", 1, day) if each.same_text_as]
    assert all(each.body == by_id[each.same_text_as or 0].body for each in twins)


@pytest.mark.parametrize(
    ("text", "moved_text"),
    [
        ("năm 2024, từ 2021-2025", "năm 2026, từ 2023-2027"),
        (
            "photo: khai-giang-2023 | Lễ khai giảng 2023",
            "photo: khai-giang-2023 | Lễ khai giảng 2025",
        ),
        ("2.024 tấn, 2024,5 ha, số 12024", "2.024 tấn, 2024,5 ha, số 12024"),
        ("ngày 15/01/2025.", "ngày 15/01/2027."),
    ],
)
def test_only_years_are_moved(text: str, moved_text: str) -> None:
    assert with_years(text, 2) == moved_text
    assert with_years(text, 0) == text


@pytest.mark.parametrize("night", [1, 2, 3])
def test_the_nights_of_one_day_have_the_same_dates(night: int) -> None:
    day = DAYS[0]
    each = {truth.paths: truth.article.published_at for truth in articles(night, day)}
    third = {truth.paths: truth.article.published_at for truth in articles(3, day)}
    assert {path: third[path] for path in each.keys() & third.keys()} == {
        path: each[path] for path in each.keys() & third.keys()
    }


@pytest.mark.parametrize("slug", SITES)
def test_no_page_list_feed_or_sitemap_shows_a_date_that_is_written(slug: str) -> None:
    """Whatever the notation: in addresses, feeds, sitemaps, lists and heads of pages."""
    written = re.compile(
        r"202[345][-_]\d\d(?!\d)(?!\.html)|\b\d\d?/\d\d?/202[345]\b|[A-Z][a-z][a-z] 202[345]"
    )
    platform = SITES[slug].on(1, DAYS[-1])
    texts = " ".join(f"{each.title} {each.lede} {each.body}" for each in platform.stories)
    routes = platform.routes()
    pages = re.compile(r"/$|\.(html|aspx|xml)(?!\w)")
    answers = [answer() for path, answer in routes.items() if pages.search(path)]
    shown = {found[0] for answer in answers for found in written.finditer(answer.body)}
    assert len(answers) > len(platform.stories)
    assert [path for path in routes if written.search(path)] == []
    assert [each for each in shown if each not in texts] == []


@pytest.mark.parametrize("day", PAST_DAYS, ids=str)
def test_every_page_is_read_as_the_truth_says_whatever_the_day(day: date) -> None:
    platforms = {slug: site.on(3, day) for slug, site in SITES.items()}
    for truth in articles(3, day):
        request = Request(0, "GET", truth.paths[0], {})
        page = platforms[truth.source].answer(request, {}).sent_bytes
        found = extract(page, url=urljoin(SITES[truth.source].canonical_url, truth.paths[0]))
        wanted = truth.article
        assert found.published_at == wanted.published_at, truth.paths
        assert found.modified_at == wanted.modified_at, truth.paths
        assert (found.title, found.author) == (wanted.title, wanted.author), truth.paths
