"""Every page in Vietnamese is Vietnamese throughout, and counts are right in both languages."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from scraper.browse.language import TEXTS, Translator
from tests.browse.library import ARCHIVED, EDITED, HOSTILE, NOTICE, SHAPED

ENGLISH_WORDS = """
about above after again all allowed already also and any are article articles ask
attachment because been before below between but cannot check column columns could count
database day days delete description down download each edited error every execute
exists export facet facets failed fetched files filter find first for forbidden found
from had has have hide home instead interrupted into invalid is it its json last less
like limit list lists login menu more must name new next night none not notice notices
of old only open or order other our over own page pages part partial past permission
previous query read reason removed request requests results row rows run runs search see
seen select should show size sort source sources state status still stored suggested
than that the their them then there these they this time timeout too total until update
updated use used value version view was week weeks well were what when where which while
why wide with without words would wrong year years yet you your
"""
"""English words that are no Vietnamese syllables, nor words that Vietnamese offices use."""

ENGLISH = frozenset(ENGLISH_WORDS.split())

FOREIGN = "script, style, code, pre, textarea, [lang=en], .languages, .snippet, option, .address"
"""What is not our text: code, the name of the other language, addresses."""

DATA = (
    ".rows-and-columns th, .rows-and-columns td, .facet-results h2, .facet-results li,"
    " a[href$=json], a[href*='.json?'], .headlines a, .hits h2, .hits p, .chips, dd, .citation,"
    " .difference, article[lang], del, ins, title"
)
"""What sites wrote, and values of columns as they are."""

START = (
    "/", "/search", "/search?q=cam", "/search?q=khongco", "/sources", "/runs", "/failures",
    "/changes", "/-/watches", "/-/coverage", "/-/coverage/08", "/-/unit/02374",
)  # fmt: skip
KNOWN = tuple(f"/articles/{number}" for number in (ARCHIVED, EDITED, HOSTILE, NOTICE, SHAPED))
MISSING = (
    "/articles/999999",
    "/articles/1/compare",
    "/articles/2/archived",
    "/sources/khong-co",
    "/-/coverage/khong-co",
    "/-/unit/khong-co",
    "/runs/999",
    "/-/watches/khong-co",
    "/changes?kind=khong-co",
    "/khong-co",
    "/khong-co/articles",
    "/{db}/khong_co",
    "/{db}/articles/999999",
    "/{db}?sql=select+1",
    "/{db}/articles?_sort=khong_co",
    "/{db}/articles?_size=nhieu",
    "/{db}/articles?_size=100000",
    "/{db}/articles?_col=khong_co",
    "/{db}/articles?_where=1",
    "/{db}.db",
    "/-/permissions",
)

HEADINGS = (
    "not_found",
    "forbidden",
    "bad_request",
    "went_wrong",
    "no_source",
    "no_province",
    "no_unit",
)


def fetch(url: str) -> tuple[int, str, str]:
    """The status, the content type and the text of an answer."""
    try:
        with urllib.request.urlopen(url, timeout=300) as answer:
            return (
                answer.status,
                answer.headers["content-type"],
                answer.read().decode(errors="replace"),
            )
    except HTTPError as error:
        return error.code, error.headers["content-type"], error.read().decode()


def english_in(page: str) -> list[str]:
    """The texts of a page that have English words, without what sites wrote."""
    root = html.document_fromstring(page)
    for part in root.cssselect(f"{FOREIGN}, {DATA}"):
        part.drop_tree()
    texts = [*root.itertext(), *root.xpath("//@title | //@aria-label | //@placeholder | //@alt")]
    return [text.strip() for text in texts if is_english(text)]


def is_english(text: str) -> bool:
    """Whether a text is an English word, or has two of them; one may be the name of a column."""
    words = re.findall(r"\w+", re.sub(r"\w+\.toml|“[^”]*”", "", text.lower()))
    found = ENGLISH.intersection(words)
    return len(found) >= 2 or bool(found and len(words) == 1)


def links_in(page: str, url: str) -> Iterator[str]:
    """The addresses of pages of the same site that a page leads to."""
    for link in html.document_fromstring(page).xpath("//a/@href"):
        target = urlsplit(urljoin(url, link))
        if target.netloc == urlsplit(url).netloc and "lang=" not in target.query:
            yield target._replace(fragment="").geturl()


def test_every_page_in_vietnamese_is_vietnamese(site: str) -> None:
    queue = [f"{site}{path}" for path in (*START, *KNOWN)]
    seen: set[str] = set()
    shapes: dict[str, int] = {}
    found: dict[str, list[str]] = {}
    while queue:
        url = queue.pop(0)
        shape = re.sub(r"\d+", "0", urlsplit(url).path)
        if url in seen or shapes.get(shape, 0) >= 3:
            continue
        seen.add(url)
        shapes[shape] = shapes.get(shape, 0) + 1
        _, kind, page = fetch(url)
        if not kind.startswith("text/html") or "/archived" in url:
            continue
        if left := english_in(page):
            found[url] = left
        queue += links_in(page, url)
    assert found == {}
    assert len(shapes) > 25


@pytest.mark.parametrize("path", MISSING)
def test_what_is_not_there_is_told_in_vietnamese(site: str, path: str) -> None:
    _, _, front = fetch(f"{site}/-/databases.json")
    name = re.search(r'"name": "([^"]+)"', front)
    assert name is not None
    status, _, page = fetch(site + path.format(db=name[1]))
    assert status >= 400
    assert english_in(page) == []
    assert 'lang="vi"' in page


@pytest.mark.parametrize("path", MISSING)
def test_what_is_not_there_is_told_in_english_to_those_who_read_it(site: str, path: str) -> None:
    name = re.search(r'"name": "([^"]+)"', fetch(f"{site}/-/databases.json")[2])
    assert name is not None
    url = site + path.format(db=name[1])
    _, _, page = fetch(f"{url}{'&' if '?' in url else '?'}lang=en")
    heading = html.document_fromstring(page).findtext(".//h1")
    assert 'lang="en"' in page
    assert heading in {TEXTS[key]["en"].format(name="khong-co") for key in HEADINGS}


@pytest.mark.parametrize("key", [key for key in TEXTS if re.search(r"\{\w+:", TEXTS[key]["en"])])
def test_english_counts_agree_with_their_words(key: str) -> None:
    names = set(re.findall(r"\{(\w+)", TEXTS[key]["en"]))
    ones = Translator("en")(key, **dict.fromkeys(names, 1))
    twos = Translator("en")(key, **dict.fromkeys(names, 2))
    assert ones.replace("1", "2") != twos
    assert not re.search(r"\b1 (new )?\w{3,}s\b", ones)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_text_with_a_count_in_english_chooses_its_word(language: str) -> None:
    counts = ("count", "sources", "bodies", "texts", "well")
    without_noun = {"all_of_source", "hits_in_all", "hits_more_than"}
    bare = [
        key
        for key, texts in TEXTS.items()
        if any(f"{{{name}}}" in texts["en"] for name in counts)
        and not re.search(r"\{\w+:", texts["en"])
    ]
    assert set(bare) <= without_noun
