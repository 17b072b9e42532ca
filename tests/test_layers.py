"""A room imports from itself or from lower layers, never upward, not even for a type."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP = ("scraper", "spiders", "pipelines")
PURE = ("text", "items", "blocks", "article", "extraction", "documents", "facts", "gazetteer")
STORES = ("store", "archive", "config")

STANDING: frozenset[tuple[str, str]] = frozenset()
"""Arrows that still break the law, as (file, imported module); the list may only shrink."""


def files() -> list[Path]:
    """Our own modules, relative to the root."""
    return sorted(path.relative_to(ROOT) for top in TOP for path in (ROOT / top).rglob("*.py"))


def room_of(module: str) -> tuple[int, str]:
    """The layer and the room of a module: (0, "pipelines") for ``pipelines.text``."""
    parts = module.split(".")
    inner = parts[1] if len(parts) > 1 else ""
    if parts[0] == "pipelines":
        return (0, "pure") if not inner or inner in PURE else (2, "pipelines")
    if parts[0] == "spiders":
        return 2, "spiders"
    if inner == "base":
        return 0, "base"
    return (1 if inner in STORES else 3), inner


def imports(path: Path) -> Iterator[str]:
    """The modules of ours that a file imports anywhere, also below TYPE_CHECKING."""
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{each.name}" for each in node.names]
        elif isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        for name in names:
            if name.split(".")[0] in TOP:
                yield (
                    name
                    if (ROOT / name.replace(".", "/")).with_suffix(".py").exists()
                    else (name.rpartition(".")[0] or name)
                )


def is_lawful(importer: str, imported: str) -> bool:
    """Whether the importer may know the imported module."""
    (layer, room), (other_layer, other_room) = room_of(importer), room_of(imported)
    return (
        room == other_room
        or other_layer < layer
        or layer == other_layer == 3
        or (layer == 2 and room == "spiders" and other_room == "pipelines")
    )


@pytest.mark.parametrize("path", files(), ids=str)
def test_a_file_imports_from_its_room_or_from_below(path: Path) -> None:
    importer = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    upward = {(str(path), name) for name in imports(path) if not is_lawful(importer, name)}
    assert upward <= STANDING


def test_no_arrow_stands_that_is_gone() -> None:
    found = {(str(path), name) for path in files() for name in imports(path)}
    assert found >= STANDING


def test_modules_do_not_import_one_another_in_a_circle() -> None:
    arrows = {
        ".".join(path.with_suffix("").parts).removesuffix(".__init__"): {
            name for name in imports(path) if (str(path), name) not in STANDING
        }
        for path in files()
    }
    done: set[str] = set()
    for start in arrows:
        assert not (circle := find_circle(start, arrows, (), done)), " → ".join(circle)


def find_circle(
    module: str, arrows: dict[str, set[str]], way: tuple[str, ...], done: set[str]
) -> tuple[str, ...]:
    """The first circle that is reached from a module, or nothing."""
    if module in way:
        return (*way[way.index(module) :], module)
    if module in done:
        return ()
    for imported in sorted(arrows.get(module, ())):
        if circle := find_circle(imported, arrows, (*way, module), done):
            return circle
    done.add(module)
    return ()


STATEMENT = re.compile(
    r"\s*(SELECT|INSERT INTO|INSERT OR|UPDATE|DELETE FROM|REPLACE INTO|WITH RECURSIVE|PRAGMA"
    r"|CREATE (TEMP |UNIQUE |VIRTUAL )?(TABLE|INDEX|VIEW)|DROP (TABLE|INDEX)|ALTER TABLE"
    r"|BEGIN IMMEDIATE|ATTACH|VACUUM)\b"
)
DATABASE_CALLS = {"execute", "executemany", "executescript", "query", "table_names"}
GUARDED = Path("scraper/browse/bounded.py")
"""The connection of readers: it overrides ``execute``, and bounds what SQLite may hold."""


def database_work(path: Path) -> list[str]:
    """What a file says to the database itself: statements of SQL, and calls that run them."""
    found = []
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if STATEMENT.match(node.value):
                found.append(f"line {node.lineno}: {node.value.split()[0]}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            is_database = isinstance(owner, ast.Name) and owner.id == "db"
            if node.func.attr in DATABASE_CALLS or (is_database and node.func.attr == "table"):
                found.append(f"line {node.lineno}: {node.func.attr}()")
    return found


@pytest.mark.parametrize(
    "path", [path for path in files() if path.parts[:2] != ("scraper", "store")], ids=str
)
def test_only_the_store_works_with_the_database(path: Path) -> None:
    assert path == GUARDED or not database_work(path)


def test_a_statement_of_sql_is_noticed() -> None:
    assert database_work(Path("scraper/store/pages.py"))
    assert database_work(GUARDED)


def test_commands_do_not_import_one_another() -> None:
    shared = {
        f"scraper.commands.{name}"
        for name in (
            "arguments",
            "output",
            "session",
            "shards",
            "site_preview",
            "source_coverage",
            "source_discovery",
            "source_findings",
            "source_lists",
            "source_options",
            "source_switches",
            "source_life",
            "moved_sources",
            "tables",
            "recover",
            "recovery_progress",
            "recovery_report",
            "translated_click",
        )
    }
    commands = [path for path in files() if path.parts[:2] == ("scraper", "commands")]
    found = {(str(path), name) for path in commands for name in imports(path)}
    assert not {pair for pair in found if pair[1].startswith("scraper.commands.")} - {
        (str(path), name) for path in commands for name in shared
    }
