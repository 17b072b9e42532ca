"""The measurement of whole sites judges a crawl as it should."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.bench.sites.__main__ import COLUMNS, compare, main
from tests.bench.sites.platforms import Shown
from tests.bench.sites.reference import Expected, PageKind, reference
from tests.bench.sites.running import Stored, serving

SHOWN = Shown("Xã mở chợ phiên", "Xã hội", "2025-06-10", 200, False, 1)
NOTICE = Shown("Lịch tiếp công dân", None, None, 5, True, 0)


def stored(**fields: Any) -> Stored:
    empty = {"section": None, "published_at": None, "lede": None, "body": ""}
    return Stored(True, {**empty, **fields})


def test_a_crawl_is_judged_page_by_page() -> None:
    expected = {
        "/a/": Expected(PageKind.ARTICLE, SHOWN),
        "/b/": Expected(PageKind.ARTICLE, SHOWN),
        "/c/": Expected(PageKind.NOTICE, NOTICE),
        "/d/": Expected(PageKind.LIST),
        "/e/": Expected(PageKind.STANDING, SHOWN),
        "/f/": Expected(PageKind.STUB, SHOWN),
    }
    imprint = "Chợ họp.\nCơ quan chủ quản: UBND\u200b xã"
    crawled = {
        "/a": stored(
            title="xã mở  chợ phiên",
            section="Xã hội",
            published_at="2025-06-10T08:15:00+07:00",
            body=imprint,
        ),
        "/c": stored(title="Thông báo", published_at="2025-06-10", body=""),
        "/d": Stored(True, None),
        "/e": stored(title="Giới thiệu"),
    }
    site = compare(expected, crawled)
    assert dict(zip(COLUMNS, site.cells(), strict=True)) == {
        "pages found": "2/3",
        "articles stored": "1/1",
        "notices stored": "1/1",
        "titles right": "1/2",
        "sections right": "1/1",
        "days right": "1/1",
        "days invented": "1/1",
        "notices with empty body": "1/1",
        "imprints stored": "1/2",
        "lists stored": "0/1",
        "standing pages stored": "1/1",
    }
    assert "titles right: /c/ 'Thông báo'" in site.wrong


PAGE = """<html><head><meta charset="utf-8"></head><body>{}<table><tr>
<td class="FolderTitle">Xã hội</td><td class="Time">(10.06.2025 08:15)</td></tr></table><table><tr>
<td><p class="Title">Xã mở chợ phiên</p></td></tr><tr><td>
<div class="ExternalClass1"><p>{}</p><a href="/kh.pdf">Tại đây</a></div></td></tr></table></body>
</html>"""


def test_the_reference_tells_articles_notices_and_lists_apart(tmp_path: Path) -> None:
    menu = "<p>Trang chủ</p>" * 40
    pages = {
        "tin": PAGE.format(menu, "Chợ phiên họp vào sáng thứ bảy hằng tuần. " * 10),
        "thong-bao": PAGE.format(menu, "Xem chi tiết"),
        "muc": f"<html><body>{menu}</body></html>",
        "rong": "<html></html>",
    }
    for name, text in pages.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(text, "utf-8")
    found = reference("cujut", tmp_path)
    assert {path: page.kind for path, page in found.items()} == {
        "/tin/": PageKind.ARTICLE,
        "/thong-bao/": PageKind.NOTICE,
        "/muc/": PageKind.LIST,
        "/rong/": PageKind.BROKEN,
    }
    shown = found["/tin/"].shown
    assert shown is not None
    assert (shown.title, shown.section, shown.day) == ("Xã mở chợ phiên", "Xã hội", "2025-06-10")


def test_without_the_sites_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.bench.sites.__main__.FOLDER", tmp_path)
    assert main([]) == 0
    assert "skipped" in capsys.readouterr().out


def test_the_server_ends_with_the_measurement(tmp_path: Path) -> None:

    (tmp_path / "index.html").write_text("<p>Tin</p>", "utf-8")
    with serving(tmp_path) as address, urllib.request.urlopen(address, timeout=300) as answer:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=300)
