"""What three nights store is as recorded: a change of the code alone changes none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frozen.digests import Digests, as_toml, changed_tables, recorded
from tests.frozen.dump import digests
from tests.frozen.nights import PARTS, freeze


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "part", [pytest.param(part, marks=[pytest.mark.slow] * (part == "portals")) for part in PARTS]
)
def test_three_nights_store_what_is_recorded(part: str, tmp_path: Path) -> None:
    freeze(part, tmp_path / "dumps")
    found = digests(tmp_path / "dumps")
    assert found
    problems = changed_tables(found, recorded())
    assert not problems, f"{len(problems)} tables differ, the first:\n{problems[0]}"


def test_a_difference_names_portal_and_table_and_how_to_see_it() -> None:
    expected: Digests = {"xa": {"articles": "1", "photos": "2"}}
    assert changed_tables(expected, expected) == []
    assert changed_tables({}, expected) == []  # another part's portals
    (problem,) = changed_tables({"xa": {"articles": "1", "photos": "3"}}, expected)
    assert problem.startswith("xa: the table `photos` differs from the record")
    assert "diff -u /tmp/dump-before/xa.photos.jsonl /tmp/dump-after/xa.photos.jsonl" in problem
    assert len(changed_tables({"xa": {"articles": "1"}, "tinh": {"pages": "1"}}, expected)) == 2


def test_the_record_is_written_as_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "xa.pages.jsonl").write_text("{}\n", encoding="utf-8")
    text = as_toml(digests(tmp_path))
    assert text.endswith('\n[xa]\npages = "ca3d163bab055381"\n')
