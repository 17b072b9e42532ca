"""No function that reads what others wrote takes time that grows with the square of it."""

from __future__ import annotations

import gc
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from pipelines import extract
from pipelines.extraction.block_occurrences import block_occurrence
from pipelines.extraction.html.decode import decode
from pipelines.extraction.plain_text import clean
from pipelines.extraction.similarity import are_alike, buckets_of
from pipelines.extraction.vietnamese import read_language
from pipelines.extraction.vietnamese.dates import parse_dates
from pipelines.extraction.vietnamese.legacy_encodings import repair_doubled, repair_legacy
from pipelines.extraction.vietnamese.spam import is_spam
from pipelines.gazetteer.units import units
from pipelines.items import Page
from pipelines.text import fold, normalise
from scraper.archive.framing import frames
from scraper.base.urls import NO_URL_RULES, canonical_url, normal_escapes, url_key
from scraper.browse.diff import changes, words
from scraper.store.declared_url import declared_address
from scraper.store.search_terms import match_expression
from scraper.transfer.files import read_json_lines
from scraper.transfer.saved_pages import read_html, read_mhtml
from spiders.discovery.feeds import read_feed
from spiders.discovery.html import site_name
from spiders.discovery.inspection import SourceView, inspect_list
from spiders.discovery.portal_candidates import Candidate, linked_candidates
from spiders.discovery.portal_verdicts import read_home_page
from spiders.discovery.sitemaps import read_sitemap
from spiders.discovery.url_classifier import UrlClassifier
from spiders.http.robots import read_robots
from spiders.limits import Limits
from spiders.platforms import platform_for
from spiders.responses import decide_answer, meta_refresh_target
from tests.spiders.crawling import source_at

SMALL = 20_000
LEAST_SECONDS = 0.05
MOST_GROWTH = 9.0
ATTEMPTS = 3

Reader = Callable[[str], object]

SOURCE = source_at("https://xa.example/")
ADDRESS = "https://xa.example/tin/bai-1.html"
FRAME = ("<html><head><title>Bà con sửa đường</title></head><body>", "</body></html>")
PROSE = "<p>Bà con trong thôn góp công làm đường, mỗi nhà một người, từ sáng đến chiều.</p>" * 3

PAGES = {
    "anchors": "<a href='/x'><div>",
    "links": "<a href='/tin/bai-1.html'>Bà con sửa đường</a>",
    "rels": "<a href='/x' rel='rrrrrrrrrrrrrrrrrrrrrrrrrrrrrr'>x</a>",
    "headings": "<h1>Tin ",
    "closed_headings": "<h2>Tin</h2>",
    "meta": "<meta ",
    "metas": "<meta property='og:site_name' content=' '>",
    "link": "<link ",
    "canonical": "<link rel=canonical href=/x>",
    "theme": "-theme",
    "less": "<",
    "references": "&#",
    "comments": "<!-- ",
    "markers": "]]>",
    "attributes": "<p a='>'",
    "cells": "<table><tr><td>",
    "rows": "<tr><td>1",
    "lists": "<ul><li>",
    "items": "<li>Mục",
    "lines": "một dòng<br>",
    "paragraphs": "<p>Chữ</p>",
    "spans": "<b><i>chữ </i></b>",
    "pictures": "<figure><img src=a.jpg><figcaption>Ảnh: Lan</figcaption></figure>",
    "options": "<select><option value='?page=1'>1",
    "forms": "<form action=/x><input name=page value=2><input type=submit value='Xem thêm'></form>",
    "times": "<time datetime='2024-13-45'>21/11/2023 14:25</time>",
    "graphs": "<script type='application/ld+json'>{\"@graph\":[{}]}</script>",
    "nested_graph": '{"@graph":[',
    "classes": "<div class='content article-body main'>",
    "styles": "<p style='display : none;'>x</p>",
    "words": "chữ ",
    "one_word": "a",
    "spaces": " \n",
    "slashes": "A / ",
    "marks": "./. ",
    "dashes": "- ",
    "brackets": "(",
    "labels": "Ảnh: hình ảnh ",
    "dates": "21/11/2023 ",
    "digits": "1/",
    "mails": "a@",
    "crumbs": "Trang chủ » ",
    "doubled": "Ã¡Âº",
    "quotes": '"',
    "unit_names": "<p>UBND xã</p>",
    "portals": "<a href=//phuluu.tuyenquang.gov.vn onclick=open('/x')><b>Xã Phù Lưu</b></a>",
    "clicked_rows": "<tr onclick=\"window.open('//a.vn')\"><td>Xã",
}


def page_of(text: str) -> Page:
    headers = {"content-type": "text/html; charset=utf-8"}
    return Page(url=ADDRESS, body=text.encode(), headers=headers, fetched_at=MOMENT)


MOMENT = datetime(2024, 1, 2, tzinfo=UTC)


def as_article(text: str) -> object:
    return extract(FRAME[0] + PROSE + text + PROSE + FRAME[1], url=ADDRESS)


def as_list(text: str) -> object:
    view = SourceView(SOURCE, "generic", UrlClassifier())
    return inspect_list(page_of(FRAME[0] + text + FRAME[1]), view, True)


def as_answer(text: str) -> object:
    page = page_of(FRAME[0] + text)
    declared_address(page, ADDRESS, SOURCE, NO_URL_RULES)
    return (
        decide_answer(page, MOMENT, Limits(), False),
        meta_refresh_target(page),
        platform_for(page),
    )


def as_portal(text: str) -> object:
    page = page_of(FRAME[0] + text + FRAME[1])
    candidate = Candidate(ADDRESS, "02392", "Xã Phù Lưu", "pattern")
    return (
        linked_candidates(ADDRESS, page, units()["08"]),
        read_home_page(candidate, ADDRESS, page.body),
    )


PAGE_READERS: dict[str, Reader] = {
    "article": as_article,
    "list": as_list,
    "answer": as_answer,
    "portal": as_portal,
    "name": lambda text: site_name(page_of("<head>" + text)),
    "plain_text": lambda text: clean("Bà con sửa đường\n\n" + text),
    "ended_text": lambda text: clean("Bà con sửa đường\n\n" + text.replace(" ", "./.\n\n") + PROSE),
    "plain_lines": lambda text: clean("Bà con sửa đường\n\n" + text.replace(" ", "\n")),
    "decoding": lambda text: decode(text.encode()),
    "decoding_1252": lambda text: decode(text.encode("cp1252", "replace"), "text/html"),
}


def with_file(read: Callable[[Path], Any], name: str, body: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(body)
        found = read(path)
        if not hasattr(found, "origin"):
            list(found)


def warc_of(text: str) -> object:
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        return list(frames(file))


def of_paragraphs(text: str) -> object:
    old = text.split("|")
    return changes(old, [part + "!" for part in reversed(old)])


TEXT_READERS: dict[str, tuple[Reader, tuple[str, ...]]] = {
    "feed": (
        lambda text: read_feed(("<rss><channel>" + text).encode(), ADDRESS),
        ("<item><title>a</title>", "<item>", "\n", "<link>/x</link>", "&amp;", "&", "<![CDATA["),
    ),
    "bare_feed": (
        lambda text: read_feed(text.encode(), ADDRESS),
        ("\n", "<", "<!--", "<?xml ", "<!DOCTYPE ", "<a>", " <rss>"),
    ),
    "sitemap": (
        lambda text: read_sitemap(("<urlset>" + text).encode(), ADDRESS),
        (
            "<url><loc>",
            "<url><loc>/a</loc></url>",
            "&",
            "<!--",
            "\n",
            "<a>",
            "https://xa.example/a ",
        ),
    ),
    "bare_sitemap": (
        lambda text: read_sitemap(text.encode(), ADDRESS),
        ("\n", "<", "&", "<?xml ", "https://xa.example/a\n", "<!DOCTYPE "),
    ),
    "robots": (
        lambda text: read_robots(text.encode()).allows(ADDRESS),
        (
            "User-agent: *\n",
            "User-agent: a\nDisallow: /\n",
            "User-agent: *\nDisallow: /*a*b$\n",
            "*a",
            "Sitemap: /x\n",
            "Allow: /",
            "%2",
            " ",
        ),
    ),
    "normal_text": (lambda text: fold(normalise(text)), ("a\u0300", "\u200b", " ", "Ạ", "\u0300")),
    "legacy": (lambda text: (repair_legacy(text), repair_doubled(text)), ("µ ", "Ã¡", "aù", "ñ")),
    "moments": (parse_dates, ("21/11/2023 ", "21-", "14:25 ", "hôm qua ", "thứ hai, ", "1 ")),
    "language": (lambda text: read_language(text, None), ("chữ ", "the ", "a")),
    "spam": (lambda text: is_spam(text, text), ("nổ hũ ", "cá cược ", "a ")),
    "similarity": (
        lambda text: (
            buckets_of(text),
            are_alike(text, text + " x"),
            block_occurrence(text, "end"),
        ),
        ("một hai ba ", "a ", "1 "),
    ),
    "address": (
        lambda text: (url_key(canonical_url(ADDRESS + "?" + text, SOURCE)), normal_escapes(text)),
        ("a=1&", "%", "%41", ";jsessionid=a", "/(S(", "?", "../", "//"),
    ),
    "words": (lambda text: match_expression(text, "folded"), ('"', "a ", '"a" ', "AND ")),
    "compared_words": (lambda text: words(text, text[::-1]), ("a ", "ab", ", ")),
    "compared_paragraphs": (of_paragraphs, ("a|", "một hai ba|", "|")),
    "lines": (
        lambda text: with_file(read_json_lines, "a.jsonl", text.encode()),
        ("{}\n", "[", '{"a":', '{"body": "a"}\n', "\n", '{"photos": 5}\n'),
    ),
    "long_line": (
        lambda text: with_file(
            read_json_lines, "a.jsonl", json.dumps({"title": "a", "body": text}).encode()
        ),
        ("A / ", "a\n\n", "Ảnh: ", "./. ", " "),
    ),
    "saved_page": (
        lambda text: with_file(read_html, "a.html", text.encode()),
        ("<!-- saved from url=(", "<link rel=canonical ", "<meta property=og:url ", "<link "),
    ),
    "mhtml": (
        lambda text: with_file(
            read_mhtml,
            "a.mhtml",
            b"Content-Type: multipart/related; boundary=b\n\n" + text.encode(),
        ),
        ("--b\n\n", "--b\nContent-Type: multipart/mixed; boundary=b\n\n", "=20=\n", "A: b\n"),
    ),
    "archive": (
        warc_of,
        (
            "WARC/1.0\r\n",
            "WARC/1.0\r\nContent-Length: -7\r\n\r\n",
            "\n",
            "a: b\r\n",
            "WARC/1.1\n\n",
        ),
    ),
}


def seconds(read: Reader, text: str) -> float:
    gc.collect()
    gc.disable()  # what other tests left in memory is not the reader's cost
    try:
        began = process_time()
        read(text)
        return process_time() - began
    finally:
        gc.enable()


def assert_linear(read: Reader, piece: str) -> None:
    small = large = float("inf")
    for _ in range(ATTEMPTS):
        large = min(large, seconds(read, piece * (4 * SMALL // len(piece))))
        if large < LEAST_SECONDS:
            return
        small = min(small, seconds(read, piece * (SMALL // len(piece))))
        if large < MOST_GROWTH * small:
            return
    pytest.fail(f"{small:.3f} s, of four times as much {large:.3f} s")


@pytest.mark.fault(45)
@pytest.mark.parametrize("piece", PAGES)
@pytest.mark.parametrize("reader", PAGE_READERS)
def test_a_page_takes_time_in_proportion_to_its_size(reader: str, piece: str) -> None:
    assert_linear(PAGE_READERS[reader], PAGES[piece])


@pytest.mark.fault(45)
@pytest.mark.parametrize(
    ("reader", "piece"),
    [(reader, piece) for reader, (_, pieces) in TEXT_READERS.items() for piece in pieces],
)
def test_a_text_takes_time_in_proportion_to_its_size(reader: str, piece: str) -> None:
    assert_linear(TEXT_READERS[reader][0], piece)
