"""Browsing by place: coverage, provinces, units over time, and filters of sources and articles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import quote

import pytest
from lxml import html

from pipelines.article import Article
from pipelines.gazetteer.units import districts, units
from scraper.base.source import Level, Source, State
from scraper.browse.language import LANGUAGE_ARGUMENT
from scraper.browse.serving import application
from scraper.store.articles import insert_article
from scraper.store.database import open_database, write_transaction
from scraper.store.sources import disable_missing, sync_sources
from tests.browse.library import SCRIPT
from tests.scraper.stores import MOMENT

HOSTILE = f"Xã {SCRIPT}"
COMMUNE, DISTRICT = "02374", "H074"

SOURCES = {
    "xa": Source(
        slug="xa", name=HOSTILE, home_url="https://xa.vn/", level=Level.COMMUNE,
        province="Tuyên Quang", unit_code=COMMUNE, platform="nukeviet", state=State.LIVE,
    ),
    "xa-cu": Source(
        slug="xa-cu", name="Xã cũ", home_url="https://xa-cu.vn/", level=Level.COMMUNE,
        unit_code=COMMUNE, state=State.MOVED,
    ),
    "huyen": Source(
        slug="huyen", name="Huyện Hàm Yên", home_url="https://huyen.vn/", level=Level.DISTRICT,
        province="Tuyên Quang", unit_code=DISTRICT, state=State.DEAD,
    ),
    "dong-van": Source(
        slug="dong-van", name="Xã Đồng Văn", home_url="https://dv.vn/", level=Level.COMMUNE,
        unit_code="00721",
    ),
    "bao": Source(
        slug="bao", name="Báo Hà Giang", home_url="https://bao.vn/", level=Level.NEWSPAPER,
        province="Tuyên Quang", former_province="Hà Giang",
    ),
    "xa-khac": Source(
        slug="xa-khac", name="Ở nơi khác", home_url="https://khac.vn/", province="Sơn Hà",
    ),
}  # fmt: skip
SPANS = {
    "huyen": ("2019-01-05", "2025-06-28"),
    "xa-cu": ("2025-07-02", "2025-09-30"),
    "xa": ("2025-10-01", "2026-11-20"),
    "dong-van": ("2026-11-01", "2026-11-21"),
    "bao": ("2026-11-01", "2026-11-22"),
}

Get = Callable[..., Any]


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Get:
    """Asks the pages of a database with these sources, each with two articles."""
    folder = tmp_path_factory.mktemp("places")
    fill(folder / "tinhuyen.db")
    site = application(folder / "tinhuyen.db", folder / "archive", allow_sql=False)

    def ask(path: str, language: str = "vi", status: int = 200) -> Any:
        joined = f"{path}{'&' if '?' in path else '?'}{LANGUAGE_ARGUMENT}={language}"
        answer = asyncio.run(site.client.get(joined))
        assert answer.status_code == status, answer.text
        return html.document_fromstring(answer.text)

    return ask


def fill(path: Path) -> None:
    db = open_database(path)
    sync_sources(db, SOURCES.values())
    disable_missing(db, [slug for slug in SOURCES if slug != "huyen"])
    with write_transaction(db):
        for slug, days in SPANS.items():
            for number, day in enumerate(days):
                article = Article(
                    url=f"https://{slug}.vn/{number}", title=f"Tin {slug} {day}", published_at=day
                )
                insert_article(db, slug, article, MOMENT)
        db.execute("UPDATE sources SET state_since = '2026-11-03T17:30:00Z' WHERE slug = 'huyen'")
    db.close()


def texts(page: Any, selector: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in page.cssselect(selector)]


def listed(page: Any) -> set[str]:
    """The slugs of the sources in the table of a page."""
    links = page.cssselect("tbody th a, tbody td a")
    return {link.get("href").split("/")[-1] for link in links if "/sources/" in link.get("href")}


@pytest.mark.parametrize(
    ("language", "heading", "dark"), [("vi", "Độ phủ", "Tắt"), ("en", "Coverage", "Dark")]
)
def test_every_province_is_listed_with_sums_in_both_languages(
    get: Get, language: str, heading: str, dark: str
) -> None:
    page = get("/-/coverage", language)
    assert texts(page, "h1") == [heading]
    tables = page.cssselect("table")
    assert dark in texts(tables[0], "th[scope=col]")
    assert [len(table.cssselect("tbody tr")) for table in tables] == [35, 35]
    for table in tables:
        rows = [
            [int(cell.text_content().replace(".", "").replace(",", "")) for cell in row][:9]
            for row in (one.cssselect("td") for one in table.cssselect("tbody tr"))
        ]
        assert [sum(column) for column in zip(*rows[:-1], strict=True)] == rows[-1]
    menu = page.cssselect("header nav a[href='/-/coverage']")
    assert [link.text for link in menu] == [heading]


def test_a_province_lists_units_with_state_since_newest_article_and_last_success(get: Get) -> None:
    page = get("/-/coverage/08")
    rows = {tuple(texts(row, "th a")): texts(row, "td") for row in page.cssselect("section tr")}
    _, source, state, newest, success = rows["Huyện Hàm Yên",]
    assert source == "Huyện Hàm Yên"
    assert state == "đã chết từ 00:30, 04/11/2026"
    assert (newest, success) == ("28/06/2025", "chưa lần nào")
    assert rows["Xã Lũng Cú",][0] == "chưa biết cổng"
    assert listed(page) == {"xa", "xa-cu", "huyen", "dong-van", "bao"}
    assert texts(get("/-/coverage/ha+giang"), "h1") == ["Tỉnh Tuyên Quang"]
    missing = get("/-/coverage/tuyen%20quan", status=404)
    links = [each.get("href") for each in missing.cssselect("main a")]
    assert f"/-/coverage/{quote('Tuyên Quang')}" in links


@pytest.mark.parametrize(
    "path", ["/-/coverage/08", f"/-/unit/{COMMUNE}", "/sources", "/sources/xa"]
)
def test_hostile_names_stay_text(get: Get, path: str) -> None:
    page = get(path)
    assert any(SCRIPT in text for text in texts(page, "main a, main h1"))
    assert page.cssselect("main script, main img") == []


def test_the_sources_of_a_unit_over_time_are_joined(get: Get) -> None:
    page = get(f"/-/unit/{COMMUNE}")
    rows = [texts(row, "td") for row in page.cssselect("tbody tr")]
    assert [row[:4] for row in rows] == [
        ["Huyện Hàm Yên", "05/01/2019", "28/06/2025", "2"],
        ["Xã Hàm Yên", "02/07/2025", "30/09/2025", "2"],
        ["Xã Hàm Yên", "01/10/2025", "20/11/2026", "2"],
    ]
    newest = texts(page, ".headlines a")
    assert newest[:3] == ["Tin xa 2026-11-20", "Tin xa 2025-10-01", "Tin xa-cu 2025-09-30"]
    assert len(newest) == 6
    (feed,) = page.cssselect("link[type='application/atom+xml']")
    assert feed.get("href") == f"/search.atom?unit={COMMUNE}"
    district = get("/-/unit/huyen%20ham%20yen")
    assert listed(district) == {"huyen", "xa-cu", "xa"}
    assert f"/-/unit/{COMMUNE}" in [each.get("href") for each in district.cssselect("main a")]
    empty = get("/-/unit/00691", "en")
    assert texts(empty, ".empty") == ["No portal is known."]


def test_a_source_and_an_article_lead_to_the_unit(get: Get) -> None:
    for path in ("/sources/xa", "/articles/1"):
        links = [each.get("href") for each in get(path).cssselect("main a")]
        assert any(link.startswith("/-/unit/") for link in links), path
    links = [each.get("href") for each in get("/sources/xa-khac").cssselect("main a")]
    assert not any(link.startswith("/-/unit/") for link in links)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", {*SOURCES}),
        ("province=Hà Giang", {"bao", "dong-van"}),
        ("province=ha giang", {"bao", "dong-van"}),
        ("province=tuyen quang", {*SOURCES} - {"xa-khac"}),
        ("province=Sơn Hà", {"xa-khac"}),
        ("level=district", {"huyen"}),
        ("platform=nukeviet", {"xa"}),
        ("state=dead&enabled=0", {"huyen"}),
        ("enabled=0", {"huyen"}),
        ("province=Hà Giang&level=commune&state=unknown&enabled=1", {"dong-van"}),
        (f"unit={DISTRICT}", {"xa", "xa-cu", "huyen"}),
        ("unit=xã Hàm Yên", {"xa", "xa-cu", "huyen"}),
        ("level=planet&state=gas&enabled=2", {*SOURCES}),
        ("platform=x' OR 1=1 --", set()),
    ],
)
def test_filters_narrow_sources_and_articles_alike(get: Get, query: str, slugs: set[str]) -> None:
    quoted = quote(query, safe="=&")
    sources = get(f"/sources?{quoted}")
    assert listed(sources) == slugs
    (status,) = texts(sources, "p[role=status]")
    assert status.startswith(f"{len(slugs)} nguồn, {len(slugs - {'huyen'})} đang theo dõi.")
    with_articles = slugs & SPANS.keys()
    assert f"{2 * len(with_articles)} bài" in status
    search = get(f"/search?{quoted}")
    found = [text.split()[1] for text in texts(search, "ol.hits h2")]
    assert sorted(found) == sorted([*with_articles, *with_articles])
    offered = {option.get("value") for option in search.cssselect("[name=source] option")}
    assert offered - {""} == with_articles


def test_former_provinces_are_offered_apart(get: Get) -> None:
    page = get("/search?province=ha+giang")
    assert texts(page, "[name=province] optgroup option") == ["Hà Giang"]
    assert texts(page, "[name=province] option[selected]") == ["Hà Giang"]


@pytest.mark.parametrize("path", ["/search?unit=", "/sources?unit=", "/-/unit/"])
def test_a_name_of_several_units_lists_them(get: Get, path: str) -> None:
    page = get(f"{path}ham%20yen", status=404)
    links = page.cssselect("ul.headlines a")
    assert [link.text for link in links] == [
        "02374 Xã Hàm Yên, Tuyên Quang",
        "H074 Huyện Hàm Yên, Tuyên Quang",
    ]
    get(links[0].get("href"))


def test_pages_of_places_cost_little_with_five_thousand_sources(tmp_path: Path) -> None:
    codes = [*units(), *districts()]
    numbered = [
        Source(
            slug=f"s{number}",
            name=f"Nguồn {number}",
            home_url=f"https://s{number}.vn/",
            unit_code=codes[number % len(codes)],
            enabled=number % 100 == 0,
        )
        for number in range(5_000)
    ]
    sync_sources(open_database(tmp_path / "tinhuyen.db"), numbered)
    site = application(tmp_path / "tinhuyen.db", tmp_path / "archive", allow_sql=False)

    async def cost(path: str) -> float:
        start = process_time()
        assert (await site.client.get(path)).status_code == 200
        return process_time() - start

    paths = ("/sources", "/search?province=Hà Giang", "/-/coverage", "/-/coverage/01")
    assert {path: spent for path in paths if (spent := asyncio.run(cost(path))) > 2} == {}
