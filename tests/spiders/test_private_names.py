"""Private names of libraries are used in one module, and are still what it takes them for."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from importlib.metadata import version
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers import http11
from scrapy.core.engine import ExecutionEngine, _Slot
from scrapy.utils.defer import _schedule_coro
from twisted.web import _newclient
from twisted.web.client import HTTPConnectionPool, _HTTP11ClientFactory

from spiders.private_names import CHECKED_WITH

ROOT = Path(__file__).parents[2]
FOLDERS = ("pipelines", "scraper", "spiders")
MODULE = ROOT / "spiders" / "private_names.py"
LIBRARIES = ("scrapy", "twisted", "warcio")

PUBLIC = {"_replace", "_Element", "_ElementTree"}
"""A public method of named tuples, and the types that lxml documents by these names."""


@pytest.mark.parametrize("library", CHECKED_WITH)
def test_the_installed_release_is_one_that_was_checked(library: str) -> None:
    """After an upgrade: read what changed in each name, then set ``CHECKED_WITH``."""
    release = ".".join(version(library).split(".")[:2])
    assert release == CHECKED_WITH[library]


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (_schedule_coro, ["coro"]),
        (ExecutionEngine.close_spider_async, ["self", "reason"]),
        (http11._LenientHTTP11ClientProtocol.request, ["self", "request"]),
        (http11._LenientHTTP11ClientFactory.buildProtocol, ["self", "addr"]),
        (_HTTP11ClientFactory.__init__, ["self", "quiescentCallback", "metadata"]),
        (_newclient.HTTP11ClientProtocol.__init__, ["self", "quiescentCallback"]),
        (_newclient.HTTP11ClientProtocol.dataReceived, ["self", "bytes"]),
        (_newclient.HTTP11ClientProtocol._giveUp, ["self", "reason"]),
        (_newclient.HTTP11ClientProtocol._finishResponse_WAITING, ["self", "rest"]),
    ],
)
def test_a_private_function_takes_what_it_took(
    function: Callable[..., Any], parameters: list[str]
) -> None:
    assert [*signature(function).parameters] == parameters


def test_a_trusting_context_is_asked_for_by_name() -> None:
    parameter = signature(_ScrapyClientContextFactory).parameters["verify_certificates"]
    assert parameter.kind is parameter.KEYWORD_ONLY
    assert parameter.default is False


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (http11.HTTP11DownloadHandler.__init__, {"_pool", "_contextFactory"}),
        (http11.HTTP11DownloadHandler.download_request, {"_contextFactory", "_pool"}),
        (HTTPConnectionPool._newConnection, {"_factory"}),
        (ExecutionEngine.__init__, {"_slot"}),
        (_Slot.__init__, {"closing", "nextcall"}),
        (_newclient.HTTP11ClientProtocol.request, {"_currentRequest", "_parser"}),
        (
            _newclient.HTTP11ClientProtocol._finishResponse_WAITING,
            {"_currentRequest", "persistent"},
        ),
        (_HTTP11ClientFactory.buildProtocol, {"_quiescentCallback"}),
    ],
)
def test_a_private_attribute_is_where_it_was(function: Callable[..., Any], names: set[str]) -> None:
    assert names <= {*function.__code__.co_names}


def test_a_protocol_calls_the_methods_that_are_replaced() -> None:
    assert "_finishResponse" in _newclient.HTTP11ClientProtocol.request.__code__.co_names
    assert _newclient.BODY == "BODY"
    assert HTTPConnectionPool.retryAutomatically is True
    assert HTTPConnectionPool._factory is _HTTP11ClientFactory


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_other_module_uses_a_private_name(folder: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in (ROOT / folder).rglob("*.py")
        if path != MODULE
        for line, name in private_names(ast.parse(path.read_text("utf-8")))
    }
    assert not found


def private_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Private names of the libraries that a module imports, inherits, or takes from an object."""
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in LIBRARIES:
            imported |= {each.asname or each.name for each in node.names}
            yield from ((node.lineno, name) for name in names_of(node) if is_private(name))
        elif isinstance(node, ast.Attribute) and is_private(node.attr) and not is_own(node.value):
            yield node.lineno, node.attr
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and imported.intersection(map(ast.unparse, node.bases)):
            yield from inherited(node)


def names_of(node: ast.ImportFrom) -> list[str]:
    """The parts of what an import names."""
    return [*(node.module or "").split("."), *(each.name for each in node.names)]


def inherited(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    """Private names that a class takes from itself, though it defines none of that name."""
    inner = [*ast.walk(node)]
    defined = {one.name for one in inner if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    taken = [one for one in inner if isinstance(one, ast.Attribute) and is_private(one.attr)]
    defined |= {one.attr for one in taken if isinstance(one.ctx, ast.Store)}
    yield from ((one.lineno, one.attr) for one in taken if one.attr not in defined)


def is_private(name: str) -> bool:
    """Whether a name is meant for the module alone that defines it."""
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def is_own(value: ast.expr) -> bool:
    """Whether an attribute is taken from the object or class that defines the method."""
    return isinstance(value, ast.Name) and value.id in ("self", "cls")


@pytest.mark.parametrize(
    "code",
    [
        "from scrapy.utils.defer import _schedule_coro",
        "from twisted.web._newclient import BODY",
        "from twisted.web import _newclient as client",
        "handler._pool.retryAutomatically = False",
        "slot = crawler.engine._slot",
        "from warcio.recordbuilder import RecordBuilder\nRecordBuilder._make_warc_id()",
        "from scrapy import Spider\nclass A(Spider):\n    def a(self): return self._set_crawler()",
    ],
)
def test_a_private_name_is_found(code: str) -> None:
    assert [*private_names(ast.parse(code))]


@pytest.mark.parametrize(
    "code",
    [
        "parts._replace(query='')",
        "class A:\n    def a(self): return self._b",
        "from scrapy import Spider\nclass A(Spider):\n    def _a(self): return self._a()",
        "from pipelines.extraction import _words",
    ],
)
def test_a_name_of_its_own_is_none(code: str) -> None:
    assert not [*private_names(ast.parse(code))]
