"""Dates: every case of the corpus, and what holds for any text at all."""

from __future__ import annotations

import time
import tomllib
import unicodedata
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.vietnamese.dates import parse_date, parse_dates, parse_url_date
from pipelines.text import normalise

CORPUS = Path(__file__).parents[2] / "corpus" / "dates"
CASES: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted(CORPUS.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
NAMES = [f"{stem}: {case.get('text', case.get('url'))}" for stem, case in CASES]
WRITTEN = [case for _, case in CASES if "text" in case]
VIETNAM = timezone(timedelta(hours=7))
NOW = datetime(2026, 3, 10, tzinfo=VIETNAM)
TIMES = st.datetimes(datetime(1997, 1, 1), datetime(2025, 1, 1), timezones=st.just(VIETNAM))  # noqa: DTZ001
BAIT = [
    " ",
    "1",
    "1 ",
    "1/",
    "11/",
    "21/11/",
    "1:",
    "- ",
    "thang ",
    "2023-",
    "1 ngày ",
    "\u00a0",
    "hôm ",
]


@pytest.mark.fault(48, 49, 50, 51)
@pytest.mark.parametrize("case", [case for _, case in CASES], ids=NAMES)
def test_date_is_read_as_the_corpus_says(case: dict[str, Any]) -> None:
    if "url" in case:
        moment = parse_url_date(case["url"], NOW)
    else:
        moment = parse_date(case["text"], case.get("fetched_at"))
    assert (moment.iso if moment else None) == case.get("iso")
    if "raw" in case:
        assert moment is not None
        assert moment.raw == case["raw"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("turn", [str, str.upper, str.lower])
def test_encoding_form_and_case_change_nothing(form: Any, turn: Any) -> None:
    for case in WRITTEN:
        moment = parse_date(unicodedata.normalize(form, turn(case["text"])), case.get("fetched_at"))
        assert (moment.iso if moment else None) == case.get("iso"), case["text"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "Đăng lúc: 14:25 21/11/2023 | Lượt xem: 12",
            [("2023-11-21T14:25:00+07:00", "14:25 21/11/2023")],
        ),
        (
            "Ngày đăng: 21/11/2023 14:25 - Cập nhật: Thứ tư, 22/11/2023 15:30",
            [
                ("2023-11-21T14:25:00+07:00", "21/11/2023 14:25"),
                ("2023-11-22T15:30:00+07:00", "Thứ tư, 22/11/2023 15:30"),
            ],
        ),
        (
            "14:25 21/11/2023 15:30 22/11/2023",
            [
                ("2023-11-21T14:25:00+07:00", "14:25 21/11/2023"),
                ("2023-11-22T15:30:00+07:00", "15:30 22/11/2023"),
            ],
        ),
        (
            "Từ 20/11/2023 đến 32/11/2023, rồi 22/11/2023",
            [("2023-11-20", "20/11/2023"), ("2023-11-22", "22/11/2023")],
        ),
        ("Căn cứ Nghị định số 12/2023/NĐ-CP", []),
    ],
)
def test_line_gives_all_its_dates_in_order(line: str, expected: list[tuple[str, str]]) -> None:
    assert [(moment.iso, moment.raw) for moment in parse_dates(line)] == expected


@given(TIMES)
def test_own_iso_is_read_back(moment: datetime) -> None:
    for iso in (moment.isoformat(timespec="seconds"), moment.date().isoformat()):
        read = parse_date(iso)
        assert read is not None
        assert (read.iso, read.raw) == (iso, iso)


@given(
    TIMES,
    st.sampled_from(
        ["%d/%m/%Y %H:%M", "%H:%M | %d-%m-%Y", "%Hh%M ngày %d.%m.%Y", "%I:%M %p %d/%m/%Y"]
    ),
)
def test_any_minute_is_read_from_any_form(moment: datetime, form: str) -> None:
    read = parse_date(moment.strftime(form))
    assert read is not None
    assert read.iso == moment.replace(second=0, microsecond=0).isoformat()


@pytest.mark.fault(48)
@given(st.text() | st.text("0123456789/-.: |,hgCS+TZngàytrước"), st.none() | TIMES)
def test_any_text_is_read_without_failing(text: str, fetched_at: datetime | None) -> None:
    for moment in [*parse_dates(text, fetched_at), parse_url_date(text, NOW)]:
        if moment:
            assert datetime.fromisoformat(moment.iso).year >= 1997
            assert moment.raw in normalise(text)


@pytest.mark.fault(45)
@pytest.mark.parametrize("bait", BAIT)
def test_a_megabyte_of_bait_takes_linear_time(bait: str) -> None:
    short, long = (_seconds(bait * (size // len(bait))) for size in (125_000, 1_000_000))
    assert long < 4
    assert long < 30 * max(short, 0.01)


def _seconds(text: str) -> float:
    start = time.process_time()
    parse_dates(text, NOW)
    parse_url_date(text, NOW)
    return time.process_time() - start
