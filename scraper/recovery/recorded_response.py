"""What a replay delivered, checked: the capture that was asked for, as the site sent it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from scraper.archive.decoding import TooLargeError, TruncatedError, decode
from scraper.archive.writer import head, payload_sha1
from scraper.base.urls import normal_host, port_of
from scraper.recovery.http_client import Answer
from scraper.recovery.web_archive import ArchivedResponse, CaptureError, IndexedCapture

ORIGINAL = b"x-archive-orig-"
"""The prefix of recorded headers that a replay does not send as its own."""

OWN_FIELDS = frozenset(
    b"age alt-svc cache-control connection content-location content-security-policy date etag"
    b" expires keep-alive last-modified link memento-datetime p3p pragma preference-applied"
    b" public-key-pins retry-after server strict-transport-security transfer-encoding vary via"
    b" x-frame-options x-xss-protection".split()
)
"""Headers that pywb renames if they are recorded: unchanged ones are the service's own."""

OWN_PREFIXES = (
    *(b"x-archive-", b"x-app-server", b"x-ts", b"x-tr", b"x-location", b"x-cache-key", b"x-rl"),
    *(b"x-na", b"x-page-cache", b"x-as", b"x-nid", b"server-timing", b"referrer-policy"),
    b"permissions-policy",
)
"""Further headers of the Internet Archive's own, by their beginning."""

MEMENTO = re.compile(r"/(\d{14})(?:[a-z]{2}_)?/(https?:/.*)", re.I | re.S)
"""The moment and the address in the address of a capture at a replay."""

REPLAY_LINK = re.compile(rb"/([0-9]{14})(?:[a-z]{2}_)?/(?:https?:|https?%3A|//)", re.I)
"""A link to a capture, in a page; the moment of the capture is its first group."""

ORIGINAL_LINK = re.compile(r"<([^<>]*)>;\s*rel=\"?original\b", re.I)

TOOLBARS = (
    b"<!-- BEGIN WAYBACK TOOLBAR INSERT -->",
    b"<!-- End Wayback Rewrite JS Include -->",
    b"<!-- WB Insert -->",
    b"<!-- End WB Insert -->",
    b"web-static.archive.org/_static/js/",
    b"/_static/js/bundle-playback.js",
    b"/_static/js/wombat.js",
    b"/static/wombat.js",
    b"/static/wb_frame.js",
    b"__wm.init(",
    b"__wm.wombat(",
    b"window._WBWombat",
    b"AND RETRIEVED FROM THE INTERNET ARCHIVE ON",
)
"""What replays insert into pages and scripts."""


class Payload(NamedTuple):
    """A body as the site sent it; ``is_decoded`` if the service had encoded it itself."""

    body: bytes
    is_decoded: bool
    digest_matches: bool


def check_delivery(answer: Answer, capture: IndexedCapture) -> None:
    """Raise CaptureError unless an answer is the capture of this address and this moment."""
    if not answer.is_recorded:
        raise _refusal(answer, capture)
    moment = _http_date(answer.value("Memento-Datetime"))
    if moment is None:
        raise _error(capture, "moment_unknown", "the service does not say which moment it is of")
    delivered = MEMENTO.search(answer.value("Content-Location"))
    named = delivered and delivered[1]
    if moment != capture.captured_at or named not in (None, _timestamp(capture)):
        raise _error(capture, "other_moment", f"the service delivered that of {moment:%F %T}")
    original = ORIGINAL_LINK.search(answer.value("Link"))
    url = delivered[2] if delivered else original[1] if original else capture.url
    if _plain(url) != _plain(capture.url):
        raise _error(capture, "other_url", f"the service delivered {url}")


def _refusal(answer: Answer, capture: IndexedCapture) -> CaptureError:
    """Return the error for an answer that is the service's own, not a capture."""
    if answer.status in (404, 410):
        return _error(capture, "not_held", "the service does not hold it")
    if 300 <= answer.status < 400:
        place = answer.value("Location") or "another page"
        return _error(capture, "other_moment", f"the service points to {place}")
    if answer.status in (401, 403, 451):
        return _error(capture, "blocked", f"the service answered {answer.status}")
    if answer.status >= 400:
        return _error(capture, "refused", f"the service answered {answer.status}")
    return _error(capture, "moment_unknown", "the service does not say which moment it is of")


def recorded_response(answer: Answer, capture: IndexedCapture, address: str) -> ArchivedResponse:
    """Return the response that a replay delivered, with the head that the site sent.

    Raises CaptureError if it is another capture, or if the replay changed the page.
    """
    check_delivery(answer, capture)
    payload = _payload(answer, capture)
    fields = recorded_fields(answer, capture, payload)
    return ArchivedResponse(
        url=capture.url,
        captured_at=capture.captured_at,
        status=answer.status,
        head=head(f"HTTP/1.1 {answer.status} {answer.reason}".rstrip(), fields),
        body=payload.body,
        address=address,
        digest_matches=payload.digest_matches,
    )


def _payload(answer: Answer, capture: IndexedCapture) -> Payload:
    """Return the body that has the digest of the index: as delivered, or decoded."""
    encoding = answer.value("Content-Encoding")
    if has_digest(answer.body, capture.digest):
        decoded = _decoded(answer.body, encoding, capture, is_strict=False)
        _refuse_rewritten(decoded, capture)
        return Payload(answer.body, False, True)
    decoded = _decoded(answer.body, encoding, capture, is_strict=True)
    _refuse_rewritten(decoded, capture)
    if has_digest(decoded, capture.digest):
        return Payload(decoded, decoded != answer.body, True)
    is_own = _has_original(answer) and not answer.value("X-Archive-Orig-Content-Encoding")
    return Payload(decoded if is_own else answer.body, is_own and decoded != answer.body, False)


def has_digest(body: bytes, digest: str) -> bool:
    """Whether a body has a digest (SHA-1 in Base32); every body has an unknown one."""
    return not digest or payload_sha1(body) == f"sha1:{digest}"


def _decoded(body: bytes, encoding: str, capture: IndexedCapture, *, is_strict: bool) -> bytes:
    """Return a decoded body; a damaged one as it is unless ``is_strict``."""
    try:
        return decode(body, encoding)
    except TooLargeError as error:
        raise _error(capture, "too_large", str(error)) from error
    except TruncatedError as error:
        if is_strict:
            raise _error(capture, "truncated", str(error), is_final=False) from error
        return body


def _refuse_rewritten(body: bytes, capture: IndexedCapture) -> None:
    """Raise CaptureError for a page with a toolbar, or with links to its own replay.

    No page can link to its own capture: its moment was not known when it was written.
    """
    found = next((mark for mark in TOOLBARS if mark in body), None)
    if found is not None:
        raise _error(capture, "rewritten", f"the replay inserted {found.decode()!r}")
    stamp = _timestamp(capture).encode()
    if any(link[1] == stamp for link in REPLAY_LINK.finditer(body)):
        raise _error(capture, "rewritten", "the replay rewrote its links")


def recorded_fields(
    answer: Answer, capture: IndexedCapture, payload: Payload
) -> list[tuple[bytes, bytes]]:
    """Return the headers that the site sent, from those of a replay."""
    renamed = {name.lower() for name, _ in answer.fields if name.lower().startswith(ORIGINAL)}
    fields = []
    for name, value in answer.fields:
        original = _original_name(name, renamed)
        if original and not _is_wrong(original.lower(), value, payload):
            is_target = original.lower() == b"location"
            fields.append((original, _unwrapped(value, capture) if is_target else value))
    return fields


def _original_name(name: bytes, renamed: set[bytes]) -> bytes:
    """Return the name of a recorded header, b"" for a header of the service's own."""
    lower = name.lower()
    if lower.startswith(ORIGINAL):
        return name[len(ORIGINAL) :]
    is_own = lower in OWN_FIELDS or lower.startswith(OWN_PREFIXES) or ORIGINAL + lower in renamed
    return b"" if is_own else name


def _is_wrong(name: bytes, value: bytes, payload: Payload) -> bool:
    """Whether a header does not describe the body as it is stored."""
    if name == b"content-length":
        return value.strip() != b"%d" % len(payload.body)
    if name == b"content-encoding":
        return payload.is_decoded or not value.strip()
    return name == b"transfer-encoding"


def _unwrapped(value: bytes, capture: IndexedCapture) -> bytes:
    """Return the target of a recorded redirect without the address of the replay before it."""
    text = value.decode("latin-1")
    found = MEMENTO.search(text)
    is_own = found and found[1] == _timestamp(capture)
    return found[2].encode("latin-1") if found and is_own else value


def _has_original(answer: Answer) -> bool:
    return any(name.lower().startswith(ORIGINAL) for name, _ in answer.fields)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _timestamp(capture: IndexedCapture) -> str:
    return capture.captured_at.strftime("%Y%m%d%H%M%S")


def _plain(url: str) -> tuple[str, ...]:
    """Return what two spellings of an address share: escapes and default ports do not matter."""
    try:
        parts = urlsplit(url)
        host, port = normal_host(parts.hostname or ""), port_of(parts)
    except ValueError:
        return (url,)
    path, query = unquote(parts.path, "latin-1") or "/", unquote(parts.query, "latin-1")
    return parts.scheme.lower(), host, str(port or ""), path, query


def _error(
    capture: IndexedCapture, reason: str, problem: str, *, is_final: bool = True
) -> CaptureError:
    message = f"{capture.url} of {_timestamp(capture)}: {problem}"
    return CaptureError(reason, message, is_final=is_final)
