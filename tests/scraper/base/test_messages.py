"""Messages in two languages: nothing is left out, and values keep their places."""

from __future__ import annotations

import string
import tomllib
import unicodedata
from collections import Counter
from importlib.resources import files
from itertools import chain
from pathlib import Path
from sqlite3 import OperationalError
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.items import Outcome
from scraper.base.errors import NEXT_STEPS
from scraper.base.messages import (
    LANGUAGES,
    Template,
    catalogue,
    counted,
    fill,
    gaps_of,
    translate,
    word,
    words,
)
from scraper.commands.demo import EXAMPLE
from scraper.store.database import explanation
from scraper.store.source_record import Verdict
from tests.scraper.base.program_messages import messages, unmarked

NEVER_A_SENTENCE = {
    "tinhuyen: {0}",
    "sources.toml: {0}",
    "[Ảnh] {0}",
    EXAMPLE,
}
"""How a line begins, before the message that is translated; words that the demo searches for."""


def test_every_message_of_the_program_is_in_the_catalogue() -> None:
    missing = {found.text: found.place for found in messages() if found.text not in catalogue()}
    assert {text: missing[text] for text in missing.keys() - NEVER_A_SENTENCE} == {}


def test_every_line_of_a_command_is_said_or_in_the_catalogue() -> None:
    """Prose that a command puts together itself goes through `say`, or is one finished message."""
    left = {name: set(lines) - NEVER_A_SENTENCE for name, lines in unmarked().items()}
    assert {name: lines for name, lines in left.items() if lines} == {}


def test_every_next_step_is_in_the_catalogue() -> None:
    assert set(NEXT_STEPS.values()) <= catalogue().keys()


def test_a_message_is_translated_in_one_place() -> None:
    folder = files("scraper.base").joinpath("vietnamese")
    found = Counter(
        message for path in folder.iterdir() for message in tomllib.loads(path.read_text("utf-8"))
    )
    assert [message for message, count in found.items() if count > 1] == []
    assert found.keys() == catalogue().keys()


@pytest.mark.parametrize("message", catalogue())
def test_a_translation_has_the_same_values(message: str) -> None:
    assert set(gaps_of(message)) == set(gaps_of(catalogue()[message]))


def test_the_catalogue_is_vietnamese_in_one_form() -> None:
    texts = [
        *catalogue().values(),
        *(each["vi"] for kind in words().values() for each in kind.values()),
    ]
    assert [text for text in texts if text != unicodedata.normalize("NFC", text)] == []
    assert [text for text in texts if not text.strip()] == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("outcome", each.value) for each in Outcome),
        *(("verdict", each.value) for each in Verdict),
    ],
)
def test_every_value_has_its_word(kind: str, value: str) -> None:
    assert words()[kind][value].keys() == set(LANGUAGES)


@pytest.mark.parametrize(
    ("message", "vietnamese"),
    [
        ("no run yet", "chưa chạy lượt nào"),
        ("1 article or notice in the past fortnight", "1 bài và thông báo trong hai tuần qua"),
        ("a.vn: host_failing (http_502)", "a.vn: máy chủ lỗi liên tục (máy chủ trả lời mã 502)"),
        ("run 7 ended partial", "lượt 7 kết thúc: xong một phần"),
        (
            "feed http://a.vn/rss gives nothing (dns); sitemap http://a.vn/s.xml names no article",
            "feed http://a.vn/rss không cho gì (không tìm thấy máy chủ); "
            "sitemap http://a.vn/s.xml không dẫn đến bài nào",
        ),
        (
            "/x/tin.db: No space left on device: free some disk space; all stored data is intact",
            "/x/tin.db: đĩa đã đầy: hãy giải phóng dung lượng đĩa; dữ liệu đã lưu vẫn nguyên vẹn",
        ),
        (
            "/x/a.csv: no column home_url: is this CSV or OPML? "
            "`tinhuyen sources export` shows the columns",
            "/x/a.csv: không có cột home_url: đây có phải CSV hoặc OPML không? "
            "`tinhuyen sources export` cho thấy các cột",
        ),
        (
            "/x/a.csv: line 2: is not utf-8: save it as CSV UTF-8",
            "/x/a.csv: dòng 2: không phải utf-8: hãy lưu dạng CSV UTF-8",
        ),
        (
            "a.csv: more than 20000 sources: split the file",
            "a.csv: hơn 20000 nguồn: hãy chia tệp ra",
        ),
        ("what nobody has written yet", "what nobody has written yet"),
    ],
)
def test_a_finished_message_is_translated_with_its_values(message: str, vietnamese: str) -> None:
    assert translate(message, "vi") == vietnamese
    assert translate(message, "en") == message


@pytest.mark.parametrize(
    "fault",
    [
        "file is not a database",
        "attempt to write a readonly database",
        "disk I/O error",
        "database is locked",
    ],
)
def test_what_is_wrong_with_a_database_is_translated(fault: str) -> None:
    vietnamese = translate(explanation(Path("tin.db"), OperationalError(fault)), "vi")
    assert f"({fault})" in vietnamese
    assert "hãy" in vietnamese


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_a_template_finds_what_fills_it(first: str, second: str) -> None:
    filled = Template.of("no source `{0}`: {1}").values_in(f"no source `{first}`: {second}")
    assert filled is not None
    assert f"no source `{filled['0']}`: {filled['1']}" == f"no source `{first}`: {second}"


@pytest.mark.parametrize("message", [key for key in catalogue() if "{0" in key])
def test_a_message_is_taken_apart_by_its_own_template(message: str) -> None:
    values = {name: str(71 + int(name)) for name in gaps_of(message)}
    assert translate(fill(message, values, "en"), "vi") == fill(catalogue()[message], values, "vi")


@pytest.mark.parametrize(
    "message",
    [
        "run away with the pages",
        "what stood on all pages",
        "the reader of it is enabled",
        "number greater than or equal to 2",
        "last run of all ended well",
        "nothing dated to him",
    ],
)
def test_a_message_that_only_resembles_another_stays(message: str) -> None:
    assert translate(message, "vi") == message


def test_a_long_message_costs_little() -> None:
    hostile = ": " * 1_900 + "(" * 100
    start = process_time()
    for number in range(100):
        translate(f"{number}{hostile}", "vi")
    assert process_time() - start < 5


def test_values_are_never_taken_for_messages() -> None:
    assert translate("no source `no run yet`: see", "vi").count("`no run yet`") == 1


@pytest.mark.parametrize(("count", "text"), [(0, "0 photos"), (1, "1 photo"), (2, "2 photos")])
def test_a_count_agrees_with_its_word(count: int, text: str) -> None:
    assert counted(count, "photo") == text


def test_a_word_may_carry_a_value() -> None:
    assert word("reason", "http_502", "vi") == "máy chủ trả lời mã 502"
    assert word("reason", "khong_biet", "vi") == "khong_biet"


def test_no_text_leaves_a_brace_open() -> None:
    for text in chain(catalogue(), catalogue().values()):
        list(string.Formatter().parse(text))
