"""All messages of the program, read from its source: what is to stand in the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from scraper.base.messages import catalogue
from scraper.command_line import VERBS, tinhuyen
from scraper.commands.translated_click import paragraphs_of

REPOSITORY = Path(__file__).parents[3]
ROOMS = ("scraper", "spiders", "pipelines")
LEFT_OUT = ("scraper/packaging/", "scraper/demo/", "scraper/scrapy_commands/")
"""The build, a made-up site, and commands for engineers."""

ERRORS = {
    "BadParameter", "DatasetteError", "Health", "NotFound",
    "ServiceError", "UnansweredError", "AnswerTooLargeError", "_IndexChangedError",
    "WorkersFailedError",
}  # fmt: skip
"""Calls whose text a reader meets later, besides those of our own errors."""

SHOWN = {"show", "progress", "note", "confirm", "echo", "translate"}
STORED = {"set_source_error", "set_run_error"}


@dataclass(frozen=True, slots=True)
class Found:
    """A message and where it stands."""

    text: str
    place: str


def messages() -> list[Found]:
    """Every message: of code, of help, and of what Click adds to it."""
    found = [one for path in sorted(_files()) for one in _in_file(path)]
    return [*found, *_help()]


def _files() -> Iterator[Path]:
    for room in ROOMS:
        for path in (REPOSITORY / room).rglob("*.py"):
            if not path.relative_to(REPOSITORY).as_posix().startswith(LEFT_OUT):
                yield path


def _in_file(path: Path) -> Iterator[Found]:
    own = _own_errors() | ERRORS
    tree = ast.parse(path.read_text("utf-8"))
    constants = _constants(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).rpartition(".")[2]
        place = f"{path.relative_to(REPOSITORY)}:{node.lineno}"
        texts = [text for argument in node.args for text in templates_of(argument)]
        if name in ("say_count", "counted") and len(node.args) > 1:
            yield from (Found(text, place) for text in _counts(node))
        elif name == "say":
            named = [constants[each] for each in _names(node.args[0]) if each in constants]
            yield from (Found(text, place) for text in (*texts, *named))
        elif name in own | SHOWN | STORED:
            yield from (Found(text, place) for text in texts if _is_prose(text))


def _constants(tree: ast.Module) -> dict[str, str]:
    """The texts that a module names at its top."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets = [each for target in node.targets for each in _parts(target)]
            texts = [text for value in _parts(node.value) for text in templates_of(value)]
            if len(targets) == len(texts):
                names = map(ast.unparse, targets)
                found |= dict(zip(names, texts, strict=True))
    return found


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _names(node: ast.expr) -> list[str]:
    return [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]


def _counts(node: ast.Call) -> Iterator[str]:
    words = [text for argument in node.args[1:] for text in templates_of(argument)]
    if words:
        yield f"{{0}} {words[0]}"
        yield f"{{0}} {words[1] if len(words) > 1 else words[0] + 's'}"


def templates_of(node: ast.expr) -> list[str]:
    """The texts that an expression may be; the values of an f-string are numbered."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=other):
            return [*templates_of(body), *templates_of(other)]
        case ast.JoinedStr(values=values):
            parts, gaps = [], 0
            for value in values:
                if isinstance(value, ast.Constant):
                    parts.append(str(value.value))
                else:
                    parts.append(f"{{{gaps}}}")
                    gaps += 1
            return ["".join(parts)]
    return []


def _is_prose(text: str) -> bool:
    """Whether there is anything to translate: words, not only names and values."""
    return " " in text.strip() and bool(re.search(r"[a-z]{2}", re.sub(r"\{\w+\}", "", text)))


def _own_errors() -> set[str]:
    """The names of our own errors, which a command ends with."""
    base = (REPOSITORY / "scraper" / "base" / "errors.py").read_text("utf-8")
    return set(re.findall(r"^class (\w+Error)\(", base, re.M))


def _help() -> Iterator[Found]:
    for text in VERBS.values():
        yield Found(text, "scraper/command_line.py VERBS")
    yield from _of_command(tinhuyen, "tinhuyen", click.Context(tinhuyen))


def _of_command(command: click.Command, path: str, context: click.Context) -> Iterator[Found]:
    for text in paragraphs_of(command.help or ""):
        yield Found(text, f"{path} --help")
    for parameter in command.params:
        hint: str | None = getattr(parameter, "help", None)
        if hint and not getattr(parameter, "hidden", False):
            yield Found(hint, f"{path} {parameter.opts[0]}")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _of_command(child, f"{path} {name}", click.Context(child, context))


def unmarked() -> dict[str, list[str]]:
    """Prose of commands that is in no catalogue, by file: lines that are put together unsaid."""
    known = catalogue()
    found: dict[str, list[str]] = {}
    for path in sorted((REPOSITORY / "scraper" / "commands").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        left_out = {id(part) for node in _not_printed(tree) for part in ast.walk(node)}
        texts = [
            text
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in left_out
            for text in templates_of(node)
        ]
        texts = [text for text in texts if f"{{0}} {text}" not in known]
        if lines := [text for text in texts if _is_prose(text) and text not in known]:
            found[path.name] = lines
    return found


def _not_printed(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, what Click is told, words of counts, and the parts of f-strings."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()) | ast.keyword(arg="help" | "metavar"):
                yield node
            case ast.Call(func=ast.Name(id="counted" | "say_count"), args=[_, *words]):
                yield from words
            case ast.JoinedStr(values=values):
                yield from (part for value in values for part in ast.walk(value))
