"""Hostile files of a source: each gets its reason, and the files of others all arrive."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.pipelines.documents.containers import stream
from tests.pipelines.documents.hostile_files import (
    encrypted_pdf,
    external,
    laughs,
    pdf_with_content,
)
from tests.portals.faults import Call, Misbehaviour
from tests.portals.misbehaviours import to
from tests.portals.notices import NoticePortal, pdf, png
from tests.spiders.crawling import Crawling, source_at
from tests.spiders.fetched_files import FILES, assert_archive_is_whole, ends

SCRIPT = b"alert(document.domain)//"
GIF_AND_SCRIPT = b"GIF89a/*" + bytes(9) + b"*/=1"
PAGE_AND_PDF = b"<html><script>alert(1)</script>%PDF-1.4\n" + pdf()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def claiming(body: bytes, media_type: str, status: int = 200, **headers: str) -> Misbehaviour:
    """Serve a body under a name that may lie."""
    return lambda call: call.reply(body, status, Content_Type=media_type, **headers)


def cut(call: Call) -> None:
    call.reply(pdf()[:300], 206, Content_Range="bytes 0-299/90000")


def memory_without_end() -> bytes:
    """A PDF that saves its state 10 million times, for which PDFium takes all memory there is."""
    return pdf_with_content(stream(b"q " * 10_000_000))


def test_hostile_files_are_settled_and_hold_up_no_other_source(tmp_path: Path) -> None:
    photo = "image/jpeg"
    bad = {
        "/tep/memory.pdf": (claiming(memory_without_end(), photo), ("new", "document_memory")),
        "/tep/bomb.pdf": (
            claiming(pdf_with_content(stream(b" " * 120_000_000)), "text/plain"),
            ("new", "too_large"),
        ),
        "/tep/laughs.docx": (claiming(laughs(), "text/html"), ("new", "dangerous_xml")),
        "/tep/external.docx": (claiming(external(), photo), ("new", "dangerous_xml")),
        "/tep/encrypted.pdf": (claiming(encrypted_pdf(), photo), ("new", "encrypted")),
        "/tep/script.pdf": (claiming(SCRIPT, "application/pdf"), ("new", None)),
        "/tep/two.pdf": (claiming(PAGE_AND_PDF, "application/pdf"), ("broken", "html_instead")),
        "/tep/svg.pdf": (claiming(SVG, "image/svg+xml"), ("new", "svg")),
        "/tep/packed.pdf": (
            claiming(gzip.compress(pdf("Nén")), "application/pdf", Content_Encoding="gzip"),
            ("new", None),
        ),
        "/tep/cut.pdf": (cut, ("failed", "truncated")),
        "/tep/loop.pdf": (to("/tep/loop.pdf"), ("failed", "redirect_loop")),
        "/tep/local.pdf": (to("file:///etc/passwd"), ("refused", "scheme")),
        "/tep/host.pdf": (to("http://169.254.169.254/x"), ("refused", "private_address")),
        "/anh/script.png": (claiming(SCRIPT, photo), ("duplicate", "unknown_type")),
        "/anh/two.png": (claiming(GIF_AND_SCRIPT, "text/html"), ("new", "broken_file")),
        "/anh/cut.png": (claiming(png()[:200], photo), ("new", "broken_file")),
    }  # fmt: skip
    crawling = Crawling(tmp_path, plan=FILES, limits={"tries": 1, "guesses": 0})
    with NoticePortal() as well, NoticePortal() as ill:
        ill.publish(1, *bad)
        for path, (answer, _) in bad.items():
            ill.serve(path, answer)
        for number in range(4):
            well.publish(number, f"/tep/{number}.pdf", f"/anh/{number}.png")
            well.serve(f"/tep/{number}.pdf", pdf(f"Kế hoạch {number}"))
            well.serve(f"/anh/{number}.png", png(number))
        crawled = crawling.crawl(source_at(ill.home_url, "ill"), source_at(well.home_url, "well"))
    found = ends(crawled)
    assert {path: found.pop(path) for path in bad} == {path: end for path, (_, end) in bad.items()}
    assert len(found) == 8
    assert set(found.values()) == {("new", None)}
    assert_archive_is_whole(tmp_path)
    types = dict(crawled.rows("SELECT url, media_type FROM files WHERE url LIKE '%/tep/%'"))
    assert types[f"{ill.home_url}tep/memory.pdf"] == "application/pdf"
