"""The promises of tests/README.md: each has a number, a row, and tests that carry the number."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
NUMBERS = range(1, 87)

COLLECT = """
import sys
import pytest

class Faults:
    def pytest_collection_finish(self, session):
        for item in session.items:
            for mark in item.iter_markers("fault"):
                for number in mark.args:
                    print("fault", number, item.nodeid)

sys.exit(pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", "tests"], [Faults()]))
"""
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.M)
TEST = re.compile(r"`([^`]+)`")


@pytest.fixture(scope="module")
def shown() -> dict[str, set[int]]:
    """The numbers that each test carries, by its short name."""
    run = subprocess.run(
        [sys.executable, "-c", COLLECT],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for line in run.stdout.splitlines():
        if line.startswith("fault "):
            _, number, node = line.split(" ", 2)
            numbers[short(node)].add(int(number))
    return numbers


def short(node: str) -> str:
    """A node as the README names it: folder, file and test, without what all have in common."""
    path, _, test = node.removeprefix("tests/").partition("::")
    return f"{path.removesuffix('.py')}::{test.partition('[')[0]}"


def promises() -> dict[int, list[str]]:
    """The tests that the README names for each number."""
    readme = (REPOSITORY / "tests" / "README.md").read_text(encoding="utf-8")
    rows = ROW.findall(readme.partition("\n## Promises")[2])
    return {int(number): TEST.findall(tests) for number, _, tests in rows}


def test_every_promise_has_one_row_in_order() -> None:
    assert list(promises()) == list(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_promise_names_tests_that_show_it(number: int, shown: dict[str, set[int]]) -> None:
    named = promises()[number]
    assert named
    assert [test for test in named if number not in shown.get(test, ())] == []


def test_every_number_that_a_test_bears_is_a_promise(shown: dict[str, set[int]]) -> None:
    assert set().union(*shown.values()) == set(NUMBERS)
