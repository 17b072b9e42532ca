"""Sitemaps: indexes, gzip, namespaces or none; bombs and faults are reported, never expanded."""

from __future__ import annotations

import gzip
import tracemalloc
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.discovery.site_files import MAX_ENTRIES
from spiders.discovery.sitemaps import Sitemap, SitemapEntry, read_sitemap

URL = "http://suoithu.gov.vn/sitemap.xml"
NAMESPACE = ' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(entries: str, namespace: str = NAMESPACE) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset{namespace}>{entries}</urlset>'.encode()


def entry(loc: str, more: str = "") -> str:
    return f"<url><loc>{loc}</loc>{more}</url>"


def lastmod(text: str) -> str | None:
    body = urlset(entry("/a", f"<lastmod>{text}</lastmod>"))
    return read_sitemap(body, URL).pages[0].changed_at


@pytest.mark.parametrize(
    "namespace", [NAMESPACE, "", ' xmlns="http://www.google.com/schemas/0.84"']
)
def test_pages_are_read_whatever_the_namespace(namespace: str) -> None:
    body = urlset(entry("\n http://suoithu.gov.vn/a \n") + entry("/b"), namespace)
    assert [page.url for page in read_sitemap(body, URL).pages] == [
        "http://suoithu.gov.vn/a",
        "http://suoithu.gov.vn/b",
    ]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"", "utf-16-le"),
        (b"\xff\xfe\0\0", "utf-32-le"),
    ],
)
@pytest.mark.fault(82)
def test_a_sitemap_is_read_in_every_unicode_encoding(mark: bytes, encoding: str) -> None:
    declared = encoding.split("-le")[0].split("-be")[0].upper()
    text = f'<?xml version="1.0" encoding="{declared}"?><urlset>{entry("/bến-đò")}</urlset>'
    sitemap = read_sitemap(mark + text.encode(encoding), URL)
    assert [page.url for page in sitemap.pages] == ["http://suoithu.gov.vn/bến-đò"]
    assert sitemap.problem is None


def test_a_plain_list_is_read_behind_a_byte_order_mark() -> None:
    addresses = "http://suoithu.gov.vn/a\nhttp://suoithu.gov.vn/b\n"
    for body in (addresses.encode("utf-8-sig"), addresses.encode("utf-16")):
        assert [page.url[-2:] for page in read_sitemap(body, URL).pages] == ["/a", "/b"]


@pytest.mark.fault(82)
def test_bare_ampersands_are_mended_outside_of_cdata() -> None:
    locs = ["/tin?id=5&muc=1", "<![CDATA[/tin?id=6&muc=2]]>", "/tin?id=7&amp;muc=3", "/a&#38;b"]
    sitemap = read_sitemap(urlset("".join(entry(loc) for loc in locs)), URL)
    assert [page.url.removeprefix("http://suoithu.gov.vn") for page in sitemap.pages] == [
        "/tin?id=5&muc=1",
        "/tin?id=6&muc=2",
        "/tin?id=7&muc=3",
        "/a&b",
    ]
    assert sitemap.problem is None


NOTICES = [
    "\n\n",
    "<br />\n<b>Notice</b>:  Undefined index: trang in <b>/www/s.php</b> on line <b>3</b><br />\n",
    "<br>\n<b>Warning</b>: date(): It is not safe to rely on the system's settings\n<br>\n" * 50,
    "Notice: Undefined variable: lang in /var/www/sitemap.php on line 12\n",
    "Warning: file_get_contents(http://cong.localhost/x?a=1&b=2): failed to open stream\n\ufeff",
    "PHP Deprecated:  Function split() in C:\\inetpub\\s.php <line 3>\n",
]


@pytest.mark.parametrize("declaration", ['<?xml version="1.0" encoding="UTF-8"?>\n', ""])
@pytest.mark.parametrize("notice", NOTICES, ids=lambda text: text[:12])
@pytest.mark.fault(82)
def test_a_sitemap_is_read_behind_notices_of_the_server(notice: str, declaration: str) -> None:
    page = "<url><loc>http://cong.localhost/tin-1.html</loc></url>"
    sitemap = read_sitemap(f"{notice}{declaration}<urlset{NAMESPACE}>{page}</urlset>".encode(), URL)
    assert [entry.url for entry in sitemap.pages] == ["http://cong.localhost/tin-1.html"]
    assert sitemap.problem is None
    child = "<sitemap><loc>http://cong.localhost/sitemap-1.xml</loc></sitemap>"
    index = f"{notice}{declaration}<sitemapindex{NAMESPACE}>{child}</sitemapindex>"
    assert len(read_sitemap(index.encode(), URL).children) == 1


@pytest.mark.parametrize("piece", [b"&", b"<![CDATA[&", b"&a", b"&#", b"]]>&"])
def test_ampersands_without_end_cost_linear_time(piece: bytes) -> None:
    started = process_time()
    read_sitemap(b"<urlset>" + piece * 500_000, URL)
    assert process_time() - started < 5


def test_an_index_names_its_children_with_their_changes() -> None:
    body = (
        f"<sitemapindex{NAMESPACE}><sitemap><loc>/tin.xml.gz</loc>"
        "<lastmod>2026-10-01T08:00:00+07:00</lastmod></sitemap></sitemapindex>"
    ).encode()
    child = SitemapEntry("http://suoithu.gov.vn/tin.xml.gz", "2026-10-01T08:00:00+07:00")
    assert read_sitemap(body, URL) == Sitemap(children=(child,))


def test_gzip_is_unpacked() -> None:
    assert len(read_sitemap(gzip.compress(urlset(entry("/a"))), URL).pages) == 1


def test_a_gzip_cut_short_is_told_and_what_came_is_kept() -> None:
    whole = gzip.compress(urlset("".join(entry(f"/bai-{n * 7919}") for n in range(2000))))
    sitemap = read_sitemap(whole[: len(whole) // 2], URL)
    assert sitemap.problem == "truncated"
    assert 100 < len(sitemap.pages) < 2000


@pytest.mark.fault(37)
def test_a_gzip_bomb_is_stopped_in_bounded_memory() -> None:
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=1)
    tracemalloc.start()
    sitemap = read_sitemap(bomb, URL)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sitemap.problem == "too_large"
    assert peak < 200_000_000


def test_news_and_image_extensions_do_not_confuse() -> None:
    news = (
        '<n:news xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        "<n:title>Hội làng</n:title></n:news>"
        '<i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1">'
        "<i:loc>/anh.jpg</i:loc></i:image>"
    )
    page = SitemapEntry("http://suoithu.gov.vn/a")
    assert read_sitemap(urlset(entry("/a", news)), URL).pages == (page,)


@pytest.mark.fault(37)
@pytest.mark.parametrize(
    ("text", "changed_at"),
    [
        ("2023-11-21", "2023-11-21"),
        ("2023-11-21T07:25:00Z", "2023-11-21T14:25:00+07:00"),
        ("2023-11-21T14:25:00+07:00", "2023-11-21T14:25:00+07:00"),
        ("2023-11-21 14:25:00", "2023-11-21T14:25:00+07:00"),
        ("2125-01-01", None),
        ("1970-01-01", None),
        ("0000-00-00", None),
        ("21/11/2023", None),
        ("", None),
    ],
)
def test_the_time_of_a_change_is_read_or_unknown(text: str, changed_at: str | None) -> None:
    assert lastmod(text) == changed_at


@pytest.mark.fault(37)
def test_more_than_the_protocol_allows_is_cut_and_told() -> None:
    body = urlset(entry("/a") * (MAX_ENTRIES + 5))
    sitemap = read_sitemap(body, URL)
    assert (len(sitemap.pages), sitemap.problem) == (MAX_ENTRIES, "capped")


@pytest.mark.fault(56)
def test_entities_are_refused_and_reported() -> None:
    prolog = (
        '<!DOCTYPE u [<!ENTITY a "x"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    )
    body = f"<?xml version='1.0'?>{prolog}<urlset>{entry('/&c;&b;')}</urlset>"
    assert read_sitemap(body.encode(), URL) == Sitemap(problem="entities")
    assert read_sitemap(gzip.compress(body.encode()), URL) == Sitemap(problem="entities")


@pytest.mark.fault(26)
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "html"),
        (b"", "broken"),
        (b"\x1f\x8bgarbage", "truncated"),
        (b"khong co gi", "broken"),
        (urlset(""), "empty"),
        (b"<urlset>", "broken"),
    ],
)
def test_what_is_no_sitemap_is_told(body: bytes, problem: str) -> None:
    assert read_sitemap(body, URL) == Sitemap(problem=problem)


def test_what_stands_before_a_fault_is_kept() -> None:
    sitemap = read_sitemap(urlset(entry("/a") * 10)[:200], URL)
    assert sitemap.problem == "broken"
    assert sitemap.pages


def test_a_list_of_plain_lines_is_a_sitemap() -> None:
    body = b"http://suoithu.gov.vn/a\r\nhttp://suoithu.gov.vn/b\r\n"
    assert [page.url[-1] for page in read_sitemap(body, URL).pages] == ["a", "b"]


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_no_bytes_make_it_raise(noise: bytes) -> None:
    read_sitemap(noise, URL)
    read_sitemap(urlset(entry("/a"))[:90] + noise, URL)
