"""Saved pages of others, as HTML and MHTML: each is taken for what it is."""

from __future__ import annotations

import base64
import os
import quopri
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.items import Outcome
from tests.scraper.stores import page_of
from tests.scraper.transfer.test_importing import HTML, SAVED, URL
from tests.scraper.transfer.test_importing_files import articles, take

TWO = [
    page_of(title, *(f"{words} lần thứ {n}, {words} buổi {n}." for n in range(9)))
    for title, words in (
        ("Mùa gặt ở Tân Thành", "bà con xuống đồng gặt lúa chín vàng trên cánh đồng thấp"),
        ("Tiêm phòng ở Yên Phú", "trạm y tế mở đợt tiêm phòng cho trẻ nhỏ dưới năm tuổi"),
    )
]
CLAIMS = [f'<link rel="canonical" href="{URL}">', f"<meta property='og:url' content='{URL}'>"]


@pytest.mark.fault(53)
@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_saved_pages_that_share_a_claim_stay_apart(
    db: Database, folder: Path, claim: str, order: tuple[int, int]
) -> None:
    for place, one in enumerate(order):
        html = TWO[one].replace("<title>", f"{claim}<title>")
        (folder / f"{place}.html").write_text(html)
    assert take(db, folder).taken == {Outcome.NEW: 2}
    assert sorted(articles(db)) == [("Mùa gặt ở Tân Thành", None), ("Tiêm phòng ở Yên Phú", None)]
    assert db.execute("SELECT count(*) FROM revisions").fetchone() == (0,)
    assert take(db, folder).kept_already == 2
    assert db.execute("SELECT count(*) FROM pages WHERE due_at IS NOT NULL").fetchone() == (0,)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_versions_of_a_page_that_tells_its_own_address_are_one(
    db: Database, folder: Path, order: tuple[int, int]
) -> None:
    for one in order:
        html = TWO[0].replace("<title>", f"{CLAIMS[0]}<title>")
        html = html.replace("lần thứ 3,", "lần thứ 3, thật đông vui,") if one else html
        path = folder / f"{one}.html"
        path.write_text(html)
        os.utime(path, (1_700_000_000 + one, 1_700_000_000 + one))
        take(db, path)
    [(url, body)] = articles(db, "url, body")
    assert (url, "thật đông vui" in body) == (URL, True)
    [(seen_at,)] = db.execute("SELECT seen_at FROM revisions").fetchall()
    assert seen_at == "2023-11-14T22:13:20Z"


BOUNDARY = "----MultipartBoundary--x----"
MHTML = (
    "From: <Saved by Blink>\r\n{location}Subject: x\r\n"
    "Date: Wed, 21 Feb 2024 08:30:00 +0700\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="{boundary}"\r\n\r\n'
    "\r\n--{boundary}\r\nContent-Type: text/css\r\n\r\np {{}}\r\n--{boundary}\r\n{part}\r\n"
    "--{boundary}\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBO\r\n"
    "--{boundary}\r\nContent-Type: text/html\r\n\r\n<p>Khung quảng cáo.</p>\r\n--{boundary}--\r\n"
)


def mhtml(encoding: str, charset: str, *, nested: bool = False, located: str = "head") -> bytes:
    body = HTML.encode(charset)
    encode = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}[encoding]
    where = f"Content-Location: {URL}\r\n" if located == "part" else ""
    part = (
        f"Content-Type: text/html; charset={charset}\r\n{where}"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n{encode(body).decode('ascii')}"
    )
    if nested:
        head = 'Content-Type: multipart/alternative; boundary="in"'
        part = f"{head}\r\n\r\n--in\r\n{part}\r\n--in--\r\n"
    location = f"Snapshot-Content-Location: {URL}\r\n" if located == "head" else ""
    return MHTML.format(boundary=BOUNDARY, part=part, location=location).encode()


@pytest.mark.parametrize("name", ["a.mhtml", "a.mht"])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
@pytest.mark.parametrize("located", ["head", "part"])
@pytest.mark.parametrize("nested", [False, True])
def test_a_page_saved_as_mhtml_is_taken(
    db: Database, folder: Path, name: str, encoding: str, charset: str, located: str, nested: bool
) -> None:
    (folder / name).write_bytes(mhtml(encoding, charset, nested=nested, located=located))
    assert take(db, folder).taken == {Outcome.NEW: 1}
    assert articles(db, "url, title, first_seen_at") == [
        (URL, "Huyện đoàn ra quân", "2024-02-21T01:30:00Z")
    ]


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x00\xff" * 500,
        b"Content-Type: multipart/related; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 5_000,
        mhtml("base64", "utf-8").replace(b"text/html", b"text/plain"),
        b"".join(
            f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n'.encode()
            for n in range(3_000)
        ),
        mhtml("base64", "utf-8").replace(b"charset=utf-8", b"charset=no-such"),
    ],
)
def test_a_broken_mhtml_costs_itself_only(db: Database, folder: Path, broken: bytes) -> None:
    (folder / "a.mhtml").write_bytes(broken)
    (folder / "page.html").write_text(SAVED.replace("tin/1", "tin/2"))
    report = take(db, folder)
    assert report.taken.total() >= 1
    assert report.taken.total() + sum(report.reasons.values()) == 2
