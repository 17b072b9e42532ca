"""Decoding: every case of the corpus, and what holds for any bytes at all."""

from __future__ import annotations

import time
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.html.decode import decode
from pipelines.extraction.vietnamese.legacy_encodings import (
    decode_windows_1252,
    repair_doubled,
    repair_legacy,
)

CORPUS = Path(__file__).parents[2] / "corpus" / "charsets"
CASES: list[dict[str, Any]] = [
    case
    for path in sorted(CORPUS.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
LEGACY = [case for case in CASES if case["encoding"] in ("tcvn3", "vni")]
PROSE = (
    "Đảng bộ huyện tổ chức hội nghị tổng kết công tác xây dựng Đảng và hệ thống chính trị, "
    "triển khai phương hướng, nhiệm vụ trọng tâm của năm sau. "
)
CHARSETS = ["utf-8", "utf-16", "windows-1258", "gb2312", "shift_jis", "hex", "idna", "latin1", "x"]


def bytes_of(case: dict[str, Any]) -> bytes:
    if case["bytes_in"] == "cp1258":
        body = windows_1258(case["text"])
    else:
        body = case["text"].encode(case["bytes_in"])
    return body[: len(body) - case.get("cut", 0)]


def windows_1258(text: str) -> bytes:
    """Letters as the code page has them, tones apart: ``ộ`` is ``ô`` and a dot."""
    letters = []
    for letter in text:
        tones = [
            mark
            for mark in unicodedata.normalize("NFD", letter)
            if mark in "\u0300\u0301\u0303\u0309\u0323"
        ]
        base = "".join(part for part in unicodedata.normalize("NFD", letter) if part not in tones)
        letters.append(unicodedata.normalize("NFC", base) + "".join(tones))
    return "".join(letters).encode("cp1258")


@pytest.mark.fault(40)
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_page_is_decoded_as_the_corpus_says(case: dict[str, Any]) -> None:
    decoded = decode(bytes_of(case), case.get("content_type"))
    assert decoded.text == case.get("expected", case["text"])
    assert decoded.encoding == case["encoding"]
    assert decoded.warning == case.get("warning")


@pytest.mark.fault(40)
@given(st.binary(max_size=300), st.none() | st.sampled_from(CHARSETS) | st.text(max_size=40))
def test_any_bytes_give_text_that_can_be_stored(body: bytes, charset: str | None) -> None:
    decoded = decode(body, charset and f"text/html; charset={charset}")
    decoded.text.encode()
    assert decoded.warning is None or decoded.warning.startswith("encoding: ")
    assert "\ufffd" not in decoded.text or decoded.warning


@pytest.mark.fault(40)
@given(st.text(), st.sampled_from([None, *CHARSETS]))
def test_utf_8_under_any_declaration_is_read_as_it_is(text: str, charset: str | None) -> None:
    page = f"<p>{PROSE}{text}".replace("\0", "")
    decoded = decode(page.encode(), charset and f"text/html; charset={charset}")
    assert decoded.text == page
    assert decoded.encoding == "utf-8"


@pytest.mark.fault(40)
@given(st.sampled_from(PROSE.split()), st.integers(1, 3))
def test_doubled_text_is_repaired_however_often_it_was_doubled(word: str, rounds: int) -> None:
    text = doubled = f"{PROSE} {word}"
    for _ in range(rounds):
        doubled = decode_windows_1252(doubled.encode())
    assert repair_doubled(doubled) == (text, True)
    assert repair_doubled(text) == (text, False)


@given(st.text(st.characters(max_codepoint=0x17F)))
def test_repairing_legacy_text_twice_is_repairing_it_once(text: str) -> None:
    repaired, _ = repair_legacy(text)
    assert repair_legacy(repaired)[0] == repaired


@pytest.mark.parametrize("case", LEGACY, ids=[case["name"] for case in LEGACY])
def test_legacy_text_is_told_from_any_part_of_it(case: dict[str, Any]) -> None:
    lines = zip(case["text"].split(), case["expected"].split(), strict=True)
    words = [(typed.strip("<p>/"), shown.strip("<p>/")) for typed, shown in lines]
    for start in range(0, 8, 4):
        typed = " ".join(word for word, _ in words[start : start + 4])
        shown = " ".join(word for _, word in words[start : start + 4])
        assert repair_legacy(typed) == (shown, case["encoding"])


@pytest.mark.parametrize(
    ("typed", "shown", "encoding"),
    [
        ("C«ng ty", "Công ty", "tcvn3"),
        ("§¶ng bé", "Đảng bộ", "tcvn3"),
        ("CéNG HOµ §µI HéI", "CỘNG HOÀ ĐÀI HỘI", "tcvn3"),
        ("Coâng ty", "Công ty", "vni"),
        ("ÑAÛNG BOÄ", "ĐẢNG BỘ", "vni"),
        ("AÙnh saùng", "Ánh sáng", "vni"),
    ],
)
def test_a_few_words_tell_their_encoding(typed: str, shown: str, encoding: str) -> None:
    assert repair_legacy(typed) == (shown, encoding)


@pytest.mark.parametrize(
    "text", ["La Thaï", "où va la", "18 N·m", "Caïn", "xin «La»", "Có", "Hôn cô", "bé tí", ""]
)
def test_a_few_words_of_anything_else_are_left_alone(text: str) -> None:
    assert repair_legacy(text) == (text, None)


def test_a_plain_page_is_decoded_in_no_time() -> None:
    body = (f"<p class='body-text'>{PROSE}</p>" * 1_000).encode()[:200_000]
    times = []
    for _ in range(10):
        began = time.process_time()
        decode(body, "text/html; charset=utf-8")
        times.append(time.process_time() - began)
    assert min(times) < 0.003


@pytest.mark.parametrize(
    "body",
    ["á»".encode() * 500_000, b"\xff\xe1" * 500_000, b"\0a" * 1_000_000, "ñø ".encode() * 500_000],
)
def test_a_hostile_body_takes_seconds_at_most(body: bytes) -> None:
    began = time.process_time()
    decode(body)
    assert time.process_time() - began < 10
