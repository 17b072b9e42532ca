"""Decode character references that were escaped twice, which readers see as ``&quot;``."""

from __future__ import annotations

import re
from html.entities import html5, name2codepoint

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
