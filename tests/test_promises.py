"""The promises of the README: each has its number, its row, and tests that bear the number."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from importlib import import_module
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
    """The numbers that each test bears, by its file and name in short."""
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
    """A node as the README names it: the room, the file and the test, without what all have."""
    path, _, test = node.removeprefix("tests/").partition("::")
    return f"{path.removesuffix('.py')}::{test.partition('[')[0]}"


def promises() -> dict[int, list[str]]:
    """The tests that the README names for each number."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    rows = ROW.findall(readme.partition("\n## What a bad night does")[2])
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


LIMIT = re.compile(r"^\| .+ \| (\d+)(?: (\w+))? \| `([\w.]+)` \|$", re.M)
UNITS = {"": (1,), "s": (1,), "min": (1,), "KB": (1024,), "MB": (1, 1024**2), "GB": (1000**3,)}


def limits() -> list[tuple[int, str, str]]:
    """The limits of the README: a number, its unit, and where it stands in the code."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    rows = LIMIT.findall(readme.partition("\n### Limits")[2].partition("\n#")[0])
    return [(int(number), unit, place) for number, unit, place in rows]


@pytest.mark.parametrize(("number", "unit", "place"), limits())
def test_a_limit_is_what_the_readme_says(number: int, unit: str, place: str) -> None:
    assert value_at(place) in [number * factor for factor in UNITS[unit]]


def value_at(place: str) -> object:
    """What stands in the code under a dotted name: of a module, or by default in a class."""
    owner, _, name = place.rpartition(".")
    module, _, kind = owner.rpartition(".")
    if not kind[:1].isupper():
        return getattr(import_module(owner), name)
    made = getattr(import_module(module), kind)()
    return getattr(made, name)
