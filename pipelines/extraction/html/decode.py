"""Decode the bytes of a page, from its BOM, bytes, header and meta, none of which is reliable.

Bytes that are valid UTF-8 are UTF-8, regardless of what is declared, because other encodings do not
look like it by chance. Encodings have the names of Python's codecs; latin-1 is read as ``cp1252``.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass, replace
from html.entities import html5, name2codepoint

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

from pipelines.extraction.vietnamese.legacy_encodings import (
    count_doubled,
    decode_windows_1252,
    is_suspect,
    is_syllable,
    repair_doubled,
    repair_legacy,
)

_FILE_SIGNATURES = (
    b"\x1f\x8b\x08",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"%PDF-",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
)
"""The first bytes of files that servers call HTML: gzip, JPEG, PNG, GIF, PDF, ZIP, old Office."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Longer ones first, because the BOM of UTF-32 begins like that of UTF-16."""

_DECLARABLE = {
    "big5hkscs", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256",
    "cp1257", "cp1258", "cp866", "cp874", "cp932", "cp949", "euc_jp", "gb18030",
    "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16",
    "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7",
    "iso8859-8", "koi8-r", "koi8-u", "mac-cyrillic", "mac-roman",
}  # fmt: skip
"""The encodings of the WHATWG Encoding Standard. Python knows others that are not for text."""

_LATIN_ENCODINGS = {"cp1252", "cp1250", "cp1254", "cp1258"}
"""Encodings that a sample does not distinguish. If none is declared, the first is by far the most
likely."""
_GUESSABLE = [
    *sorted(_LATIN_ENCODINGS), "cp1251", "cp1253", "koi8_r",
    "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949",
]  # fmt: skip
_MAX_BROKEN_SHARE = 0.1
"""Share of broken characters, among those beyond ASCII, up to which bytes are damaged UTF-8."""
_MAX_REFUTED_SHARE = 0.01
"""Share of broken characters up to which a declared encoding is used."""
_ASCII = bytes(range(128))
_MAX_DOUBLED_CHARS = 20
"""Characters that look as if encoded twice, up to which they may be an example or a script."""
_HEAD_BYTES = 1_024
_SAMPLE_BYTES = 32_768
_MIN_CP1258_WORDS = 3


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page, its encoding, and a warning if something is doubtful.

    ``warning`` begins with ``encoding:``; it is None if nothing is doubtful.
    """

    text: str
    encoding: str
    warning: str | None = None


def is_file(body: bytes) -> bool:
    """Whether a body is a picture, a document or an archive, whatever the server calls it."""
    return body.startswith(_FILE_SIGNATURES)


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Decode a page. ``content_type`` is the value of the header. Never raises.

    Text that was encoded twice, or typed in a font from before Unicode, is repaired as a whole.
    """
    decoded = _decode_bytes(body, content_type)
    if decoded.text.isascii():
        return decoded
    if is_suspect(decoded.text):
        decoded = _repair_doubled(decoded)
    text, font = repair_legacy(decoded.text)
    if font is not None:
        return replace(decoded, text=text, encoding=font, warning=f"encoding: was {font}")
    if decoded.warning is None and "\ufffd" in text:
        return replace(decoded, warning="encoding: characters are lost")
    return decoded


def _decode_bytes(body: bytes, content_type: str | None) -> Decoded:
    """Decode by BOM, then as UTF-16, UTF-8, as declared, as guessed."""
    for bom, name in _BOMS:
        if body.startswith(bom) and name != "utf-8":
            return _decode_with_replacement(body[len(bom) :], name)
    body = body.removeprefix(codecs.BOM_UTF8)
    if (wide := _utf16_without_bom(body[:_HEAD_BYTES])) is not None:
        return _decode_with_replacement(body, wide)
    try:
        return Decoded(body.decode(), "utf-8")
    except UnicodeDecodeError:
        return _as_damaged_utf8(body) or _as_declared(body, content_type) or _as_guessed(body)


def _utf16_without_bom(head: bytes) -> str | None:
    """Return the encoding of UTF-16 without a BOM, in which every second byte of markup is zero."""
    if b"\0" not in head or len(head) < 4:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if most < 0.2 * len(head) or least > 0.1 * most:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _as_damaged_utf8(body: bytes) -> Decoded | None:
    """Decode UTF-8 with a few broken characters, as if cut at a limit; None for other bytes."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if broken > _MAX_BROKEN_SHARE * beyond_ascii:
        return None
    return Decoded(text, "utf-8", "encoding: broken characters in utf-8")


def _as_declared(body: bytes, content_type: str | None) -> Decoded | None:
    """Decode as the header or meta declares, if the bytes allow it.

    Latin-1 comes last, because it allows all bytes and servers declare it for any page.
    """
    header = http_content_type_encoding(content_type)
    names = [header, html_body_declared_encoding(body)]
    known = dict.fromkeys(name for name in names if name in _DECLARABLE)
    for name in sorted(known, key="cp1252".__eq__):
        if name == "cp1252":
            return _as_windows_1252(body)
        decoded = _decode_with_replacement(body, name)
        if decoded.text.count("\ufffd") <= _MAX_REFUTED_SHARE * len(decoded.text):
            return decoded
    return None


def _as_windows_1252(body: bytes) -> Decoded:
    """Decode bytes declared as windows-1252, which is also declared for Vietnamese ones."""
    return _as_windows_1258(body) or Decoded(decode_windows_1252(body), "cp1252")


def _as_guessed(body: bytes) -> Decoded:
    """Decode bytes without a useful declaration in the most likely encoding, with a warning."""
    return _as_legacy_font(body) or _as_windows_1258(body) or _as_detected(body)


def _as_legacy_font(body: bytes) -> Decoded | None:
    """Decode bytes typed in a font from before Unicode; None for other bytes."""
    text = decode_windows_1252(body)
    return None if repair_legacy(text)[1] is None else Decoded(text, "cp1252")


def _as_windows_1258(body: bytes) -> Decoded | None:
    """Decode windows-1258, recognised by Vietnamese syllables; None for other bytes."""
    decoded = _decode_with_replacement(body, "cp1258")
    words = {word for word in decoded.text.split() if word.isalpha() and max(word) > "\xff"}
    if len(words) < _MIN_CP1258_WORDS or sum(map(is_syllable, words)) < 0.8 * len(words):
        return None
    return replace(decoded, warning="encoding: guessed as cp1258")


def _as_detected(body: bytes) -> Decoded:
    """Decode in the encoding that charset-normalizer detects in a sample."""
    from charset_normalizer import from_bytes

    start = len(body) - len(body.lstrip(_ASCII))
    sample = body[max(0, start - _HEAD_BYTES) : start + _SAMPLE_BYTES]
    whole_characters = sample.rpartition(b"<")[0] or sample
    best = from_bytes(whole_characters, cp_isolation=_GUESSABLE).best()
    name = "cp1252" if best is None or best.encoding in _LATIN_ENCODINGS else best.encoding
    text = (
        decode_windows_1252(body) if name == "cp1252" else _decode_with_replacement(body, name).text
    )
    return Decoded(text, name, f"encoding: guessed as {name}")


def _decode_with_replacement(body: bytes, name: str) -> Decoded:
    """Decode with replacement. windows-1258 separates tone marks from their letters."""
    text = body.decode(name, "replace").lstrip("\ufeff")
    if name == "cp1258":
        text = unicodedata.normalize("NFC", text)
    warning = f"encoding: broken characters in {name}" if "\ufffd" in text else None
    return Decoded(text, name, warning)


def _repair_doubled(decoded: Decoded) -> Decoded:
    """Repair text that was encoded twice, or warn of parts that were."""
    text, was_doubled = repair_doubled(decoded.text)
    if was_doubled:
        return replace(decoded, text=text, warning="encoding: was encoded twice")
    if count_doubled(text) > _MAX_DOUBLED_CHARS:
        return replace(decoded, warning="encoding: parts were encoded twice")
    return decoded


_MAX_DECODINGS = 2
"""How often a text is decoded again."""

_LATIN_LETTERS_END = 0x250
_MAX_NAME_CHARS = 12
_REFERENCE = re.compile(r"&(?:#(\d{2,6})|#[xX]([0-9a-fA-F]{2,5})|([A-Za-z]\w{1,12}));")
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>|<[a-zA-Z!/]|&lt;[/!a-zA-Z]")
"""Markup that a text shows on purpose. Its character references are kept, too."""

_NAMED = {name: chr(code) for name, code in name2codepoint.items()} | {"apos": "'"}
"""The references of HTML 4, and all that name a letter of a Latin alphabet."""

_NAMED |= {
    name[:-1]: letter
    for name, letter in html5.items()
    if name.endswith(";")
    and len(name) <= _MAX_NAME_CHARS
    and len(letter) == 1
    and letter.isalpha()
    and ord(letter) < _LATIN_LETTERS_END
}
"""The references of HTML 4 and all that name a letter of a Latin alphabet."""


def decode_again(text: str) -> str:
    """Decode the references that are left in a text. Unknown ones and shown markup are kept.

    Only references with a semicolon count: ``AT&T`` and ``?a=1&copy=2`` have none.
    """
    for _ in range(_MAX_DECODINGS):
        if "&" not in text or ";" not in text or _MARKUP.search(text):
            return text
        decoded = _REFERENCE.sub(_character, text)
        if decoded == text:
            return text
        text = decoded
    return text


def _character(found: re.Match[str]) -> str:
    """Return the character of a reference, or the reference if it is unknown."""
    decimal, hexadecimal, name = found.groups()
    if name:
        return _NAMED.get(name, found[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return found[0] if code > 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code)
