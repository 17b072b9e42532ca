"""What an answer means by its status and its looks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.items import Outcome, Page
from spiders.limits import Limits
from spiders.responses import Backoff, Decision, Done, Retry, decide_answer

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NEWS = "<html><body><h1>Sửa đường</h1><p>Bà con cùng làm.</p></body></html>"


def judged(
    status: int = 200, body: str = NEWS, is_partial: bool = False, **headers: str
) -> Decision | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    page = Page("http://xa.example/tin", body.encode(), status=status, headers=named)
    return decide_answer(page, NOW, Limits(), is_partial)


@pytest.mark.parametrize(
    ("status", "decision"),
    [
        (200, None),
        (203, None),
        (403, Done(Outcome.BLOCKED, "http_403")),
        (404, Done(Outcome.GONE, "http_404")),
        (410, Done(Outcome.GONE, "http_410")),
        (408, Retry("http_408")),
        (418, Done(Outcome.FAILED, "http_418")),
        (429, Backoff("http_429", 60.0)),
        (500, Retry("http_500")),
        (503, Retry("http_503")),
        (520, Retry("http_520")),
    ],
)
def test_status_means(status: int, decision: Decision | None) -> None:
    assert judged(status) == decision


def test_a_503_that_says_how_long_is_a_pause() -> None:
    assert judged(503, retry_after="30") == Backoff("http_503", 30.0)


@pytest.mark.fault(16)
@pytest.mark.parametrize(
    ("bot_challenge", "reason"),
    [
        ("<script>document.cookie='D1N=ab12'; location.reload();</script>", "cookie_gate"),
        ("<script src='/cdn-cgi/challenge-platform/x.js'></script>", "challenge"),
        ("<form><div class='h-captcha' data-sitekey='k'></div></form>", "challenge"),
    ],
)
def test_a_gate_is_no_page(bot_challenge: str, reason: str) -> None:
    assert judged(body=f"<html><body>{bot_challenge}</body></html>") == Done(
        Outcome.BLOCKED, reason
    )


@pytest.mark.fault(16)
def test_a_long_page_that_only_mentions_a_captcha_is_a_page() -> None:
    assert judged(body=NEWS + "g-recaptcha " + "Bà con cùng làm. " * 2000) is None


@pytest.mark.fault(7)
def test_a_page_closed_without_length_is_whole_where_it_ends() -> None:
    assert judged(is_partial=True) is None
    assert judged(body=NEWS[:40], is_partial=True) == Retry("truncated")


@pytest.mark.fault(7)
@pytest.mark.parametrize(
    ("body", "is_whole"),
    [
        ("<!DOCTYPE html><body><div><p>Bà con cùng", False),
        ("<html><body><article><p>Bà con cùng làm.</p>", False),
        ('<html><body><div>Bà con</div><section class="tin', False),
        ("<html><body><ul><li>Bà con<li>cùng làm", False),
        ("<!DOCTYPE html><title>Tin</title><div><p>Bà con cùng làm.</div>", True),
        ("<html><body><p>Bà con cùng làm.", True),
        ("<html><body><div><p>Bà con cùng làm.</body>", True),
        ("<div><p>Bà con cùng làm.", True),
    ],
)
def test_a_page_of_a_length_is_whole_unless_a_container_is_left_open(
    body: str, is_whole: bool
) -> None:
    assert judged(body=body) == (None if is_whole else Retry("truncated"))


@pytest.mark.fault(26)
@pytest.mark.parametrize(
    ("body", "kind"),
    [("%PDF-1.7", "text/html"), ("x", "application/pdf"), ("x", "image/png; q=1")],
)
def test_a_file_is_no_page(body: str, kind: str) -> None:
    assert judged(body=body, content_type=kind) == Done(Outcome.NOT_ARTICLE, "document")
