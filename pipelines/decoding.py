"""From bytes to text: BOM, bytes, header and meta are weighed, since each of them lies somewhere.

Bytes that are valid UTF-8 are UTF-8, whatever else is claimed: other encodings do not look so by
chance. Old Vietnamese encodings are recognised by the letters they give.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from charset_normalizer import from_bytes
from w3lib.encoding import resolve_encoding

MAX_BROKEN = 0.001
"""The share of broken characters up to which a page is UTF-8 with damage, not another encoding."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_TWICE = re.compile("[ÃÄÅÆáâ][\x80-\xbf\u0152-\u2122]|áº|á»|Æ°|Ä‘|Ã")
_TWICE_MARKS = ("Ã", "áº", "á»", "Ä‘", "Æ°")  # nearly every page is cleared by these alone
_LETTERS = re.compile("[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđơư]", re.I)
_HEAD = 4096
_SAMPLE = 65_536


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page, the encoding it was read in, and what is doubtful about it."""

    text: str
    encoding: str
    warning: str | None = None


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Decode a page; never raises. ``content_type`` is the header's value."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(name, "replace"), name)
    try:
        return _untwice(Decoded(body.decode(), "utf-8"))
    except UnicodeDecodeError:
        return _decode_other(body, content_type)


def _decode_other(body: bytes, content_type: str | None) -> Decoded:
    if wide := _wide(body):
        return Decoded(body.decode(wide, "replace"), wide, None)
    lenient = body.decode("utf-8", "replace")
    claimed = _claims(body, content_type)
    if lenient.count("\ufffd") <= max(1, MAX_BROKEN * len(lenient)):
        return Decoded(lenient, "utf-8", "encoding: broken characters in UTF-8")
    for name in claimed:
        if name != "utf-8":
            try:
                return Decoded(_nfc(body.decode(name), name), name)
            except (UnicodeDecodeError, LookupError):
                continue
    return _guess(body, claimed, lenient)


def _guess(body: bytes, claimed: list[str], lenient: str) -> Decoded:
    """Where no claim holds: the most likely encoding of a sample, and a warning."""
    best = from_bytes(body[:_SAMPLE]).best()
    name = best.encoding if best else next(iter(claimed), "cp1252")
    try:
        text = body.decode(name, "replace")
    except LookupError:
        name, text = "utf-8", lenient
    return Decoded(_nfc(text, name), name, f"encoding: guessed as {name}")


def _claims(body: bytes, content_type: str | None) -> list[str]:
    """What header and meta claim, in this order, as names that Python knows."""
    named = [found[1] for found in [_HEADER.search(content_type or "")] if found]
    named += [found.decode("ascii") for found in _META.findall(body[:_HEAD])]
    resolved = [resolve_encoding(name) for name in named]
    return list(dict.fromkeys(name for name in resolved if name))


def _wide(body: bytes) -> str | None:
    """UTF-16 without a BOM, which every second byte of markup tells."""
    head = body[:200]
    if len(head) < 8:
        return None
    if head[1::2].count(0) > 0.8 * len(head) / 2:
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > 0.8 * len(head) / 2 else None


def _nfc(text: str, name: str) -> str:
    """windows-1258 writes tones apart from their letters."""
    return unicodedata.normalize("NFC", text) if name == "cp1258" else text


def _untwice(decoded: Decoded) -> Decoded:
    """Text that was encoded as UTF-8 twice: ``Tin xÃ£ Má»›i`` is ``Tin xã Mới``."""
    sample = decoded.text[:_SAMPLE]
    if not any(mark in sample for mark in _TWICE_MARKS) or len(_TWICE.findall(sample)) < 4:
        return decoded
    try:
        once = _bytes_of(decoded.text).decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return decoded
    if len(_LETTERS.findall(once)) <= len(_LETTERS.findall(decoded.text)):
        return decoded
    return Decoded(once, "utf-8", "encoding: was encoded twice")


def _bytes_of(text: str) -> bytes:
    """The bytes that were taken for cp1252, whose five gaps browsers fill as latin-1 does."""
    return b"".join(
        bytes([ord(letter)]) if ord(letter) < 256 else letter.encode("cp1252") for letter in text
    )
