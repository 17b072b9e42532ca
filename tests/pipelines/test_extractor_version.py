"""``EXTRACTOR_VERSION`` is raised with every change of the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extractor_version import (
    LEFT_OUT,
    RULES,
    Recorded,
    RefusedError,
    current,
    digest_of,
    problem,
    recorded,
    rule_files,
    write_record,
)

CODE = '"""A module."""\n\nWORDS = ("tin",)  # a comment\n\n\ndef count():\n    return len(WORDS)\n'


def test_the_version_is_that_of_the_rules() -> None:
    advice = problem(current(), recorded())
    assert advice is None, advice


def test_what_is_left_out_exists_and_everything_else_counts() -> None:
    assert [name for name in LEFT_OUT if not (RULES / name).exists()] == []
    counted = {path.relative_to(RULES).as_posix() for path in rule_files(RULES)}
    assert {
        "article.py",
        "extraction/cleaning_rules.py",
        "extraction/html/outline.py",
        "extraction/vietnamese/organisations.toml",
    } <= counted


@pytest.mark.parametrize(
    ("name", "before", "after", "same"),
    [
        ("a.py", CODE, CODE.replace("A module", "Words").replace("a comment", "another"), True),
        ("a.py", CODE, CODE.replace("count():\n", 'count():\n    """Count."""\n'), True),
        ("a.py", CODE, CODE.replace('("tin",)', "(\n    'tin',\n)"), True),
        ("a.py", CODE, CODE.replace('"tin"', '"tin", "bài"'), False),
        ("a.py", CODE, CODE.replace("return len", "return 1 + len"), False),
        ("a.toml", '# one\nwords = ["tin"]\n', '# two\nwords = [\n  "tin",\n]\n', True),
        ("a.toml", 'words = ["tin"]\n', 'words = ["bài"]\n', False),
        ("store_pipeline.py", CODE, CODE.replace('"tin"', '"bài"'), True),
    ],
)
def test_only_rules_change_the_digest(
    tmp_path: Path, name: str, before: str, after: str, same: bool
) -> None:
    (tmp_path / name).write_text(before)
    old = digest_of(tmp_path)
    (tmp_path / name).write_text(after)
    assert (digest_of(tmp_path) == old) is same


def test_a_changed_digest_needs_a_raised_version(tmp_path: Path) -> None:
    record = tmp_path / "record.toml"
    write_record(Recorded(2, "a"), record)
    write_record(Recorded(2, "a"), record)
    for refused in (Recorded(2, "b"), Recorded(1, "b"), Recorded(1, "a")):
        with pytest.raises(RefusedError):
            write_record(refused, record)
    assert recorded(record) == Recorded(2, "a")
    write_record(Recorded(3, "b"), record)
    assert recorded(record) == Recorded(3, "b")


def test_the_advice_names_the_version_and_the_command() -> None:
    advice = problem(Recorded(2, "b"), Recorded(2, "a")) or ""
    assert "still 2: raise it in pipelines/article.py" in advice
    for unrecorded in (Recorded(2, "a"), None):
        assert "run `make extractor-version`" in (problem(Recorded(3, "b"), unrecorded) or "")
