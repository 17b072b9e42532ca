"""Text: what readers see is kept in one form, and folding moves nothing."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text import fold, normalise

ANYTHING = st.text(st.characters(exclude_categories=()))
VIETNAMESE = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
)


@pytest.mark.fault(41, 42)
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ha\u0300 No\u0323\u0302i", "Hà Nội"),
        ("a\u200b\u0301", "á"),
        ("Hàm\u200bYên", "HàmYên"),
        ("Hàm\u00a0\u2009Yên\u3000", "Hàm Yên"),
        ("\ufeffTin\u00ad tức\u2028mới\n\t", "Tin tức mới"),
        ("\u202eTin\u202c \u2067tức\u2069", "Tin tức"),
        ("T\x00i\x1bn\x9f\ufffe", "Tin"),
        ("Tin \ud800mới\udfff", "Tin mới"),
        ("one\x00 two\r\n three", "one two three"),
        ("\x85một\x85hai", "một hai"),
        ("\u200b \ufeff", ""),
        ("Chữ 👍 và dấu …", "Chữ 👍 và dấu …"),
    ],
)
def test_only_what_a_reader_sees_is_kept(typed: str, kept: str) -> None:
    assert normalise(typed) == kept


@pytest.mark.fault(42)
@given(ANYTHING)
def test_kept_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    kept = normalise(text)
    kept.encode()
    assert "\0" not in kept
    assert unicodedata.is_normalized("NFC", kept)
    assert normalise(kept) == kept == " ".join(kept.split())


@pytest.mark.fault(41)
def test_every_vietnamese_letter_folds_to_ascii() -> None:
    for letter in VIETNAMESE + VIETNAMESE.upper():
        assert fold(letter).isascii()
        assert fold(letter) == fold(letter.lower())


@pytest.mark.fault(41)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hòa", "hoà"),
        ("Đảng bộ", "dang bo"),
        ("Ðảng bộ", "Đảng bộ"),
        ("HÀ NỘI", "Ha\u0300 No\u0323\u0302i"),
        ("Łódź, Smørrebrød", "lodz, smorrebrod"),
    ],
)
def test_spellings_that_differ_in_marks_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("text", ["Straße", "œuvre", "İstanbul", "한국어", "ﬁn", "x\u0303y"])
def test_a_letter_that_has_no_single_base_keeps_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_a_character_folds_the_same_whatever_stands_beside_it() -> None:
    for code in [*range(0xD800), *range(0xE000, 0x11000)]:
        letter = unicodedata.normalize("NFC", chr(code))
        assert fold(f"{letter}d") == fold(f"{letter}d\u0436")[:-1], hex(code)


@given(ANYTHING)
def test_folding_moves_no_character(text: str) -> None:
    kept = unicodedata.normalize("NFC", text)
    assert len(fold(kept)) == len(kept)
    assert fold(text) == fold(kept)
    assert [fold(letter) for letter in kept if fold(letter).isascii()] == [
        folded for folded in fold(kept) if folded.isascii()
    ]


@given(ANYTHING | st.text("oơưđ\u0306\u0323\u0301ḍが\u3099"))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_page_of_text_takes_milliseconds() -> None:
    text = "Đảng bộ huyện Hàm Yên tổ chức hội nghị " * 2_500
    began = time.process_time()
    fold(text)
    normalise(text)
    assert time.process_time() - began < 0.2
