"""The READMEs: short at the front, and every link, file, command and variable in them exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import click
import pytest

from scraper.command_line import tinhuyen
from scraper.config.configuration import Configuration
from scraper.packaging import compiled
from tests.soak import counts

REPOSITORY = Path(__file__).parents[1]
ROOMS = ("scraper", "spiders", "pipelines", "tests")
READMES = [
    REPOSITORY / "README.md",
    *sorted(path for room in ROOMS for path in (REPOSITORY / room).rglob("README.md")),
]
MAX_FRONT_LINES = 150

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)


def named(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


# The front page.


def test_the_front_page_is_short_and_begins_with_two_commands() -> None:
    readme = READMES[0].read_text("utf-8")
    assert len(readme.splitlines()) <= MAX_FRONT_LINES
    assert re.findall(r"^make \w+", readme.partition("## Two commands")[2], re.M)[:2] == [
        "make demo",
        "make test",
    ]


# Links and files.


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_every_link_leads_to_a_file_and_a_heading(readme: Path) -> None:
    for target in LINK.findall(readme.read_text("utf-8")):
        if "://" in target:
            continue
        path, _, heading = target.partition("#")
        page = (readme.parent / path).resolve() if path else readme
        assert page.exists(), target
        assert not heading or heading in anchors(page), target


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def test_every_readme_can_be_reached_from_the_front_page() -> None:
    reached, waiting = {READMES[0]}, [READMES[0]]
    while waiting:
        page = waiting.pop()
        for target in LINK.findall(page.read_text("utf-8")):
            other = (page.parent / target.partition("#")[0]).resolve()
            if other.name == "README.md" and other not in reached:
                reached.add(other)
                waiting.append(other)
    assert reached == set(READMES)


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_every_file_that_is_named_exists(readme: Path) -> None:
    missing = [name for name in names_of_files(readme) if not exists(name, readme)]
    assert missing == []


def names_of_files(readme: Path) -> Iterator[str]:
    """What looks like a file of ours: a path in a room, or the name of a module."""
    text = readme.read_text("utf-8")
    for code in [*CODE.findall(FENCE.sub("", text)), *FENCE.findall(text)]:
        if "::" in code and ".py" not in code:  # a test by its short name
            continue
        for word in re.findall(r"[\w./*-]+", code):
            in_room = re.match(rf"({'|'.join(ROOMS)}|\.ci)/", word)
            is_module = re.fullmatch(r"[\w/]+\.py", word)
            if in_room or is_module:
                yield word.rstrip(".")


def exists(name: str, readme: Path) -> bool:
    """Whether a path exists from the root, or a module anywhere in the room of the README."""
    if "NAME" in name or (REPOSITORY / name).exists():
        return True
    return not name.startswith(ROOMS) and any(
        fnmatch(str(path), f"*/{name.rstrip('/')}") for path in readme.parent.rglob("*")
    )


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_every_make_target_that_is_named_exists(readme: Path) -> None:
    targets = re.findall(r"^([\w-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.M)
    asked = re.findall(r"(?:`|^|&& )make ([\w-]+)", readme.read_text("utf-8"), re.M)
    assert set(asked) <= set(targets)


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_every_command_that_is_shown_exists_with_its_options(readme: Path) -> None:
    text = readme.read_text("utf-8")
    lines = re.findall(r"^tinhuyen (.+)$", "".join(FENCE.findall(text)), re.M)
    shown = [*lines, *re.findall(r"`tinhuyen ([^`]+)`", text)]
    with click.Context(tinhuyen) as context:
        for line in shown:
            verb, *words = line.partition("#")[0].replace("COMMAND", "crawl").split()
            is_option = verb.startswith("-")
            command = tinhuyen if is_option else tinhuyen.get_command(context, verb)
            words = [verb, *words] if is_option else words
            if not is_option and isinstance(command, click.Group):
                command = command.get_command(context, words[0])
            assert command is not None, line
            known = {"--help", *(name for each in command.params for name in each.opts)}
            assert {word for word in words if word.startswith("-")} <= known, line


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_every_variable_that_is_named_is_read(readme: Path) -> None:
    keys = {f"TINHUYEN_{key.upper()}" for key in Configuration.model_fields}
    soak = {f"TINHUYEN_SOAK_{name}" for name in vars(counts) if name.isupper()}
    shown = set(re.findall(r"TINHUYEN_\w+", readme.read_text("utf-8")))
    assert shown - keys - soak - {"TINHUYEN_", compiled.VARIABLE} == set()
