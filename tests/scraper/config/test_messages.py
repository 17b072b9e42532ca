"""What is said of a wrong value of the configuration is Vietnamese for who reads Vietnamese."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import scraper
from scraper.base.messages import catalogue, translate
from scraper.base.source import Source
from scraper.base.watch import Watch
from scraper.config.configuration import Configuration
from scraper.config.toml_file import SHAPES, describe_error
from tests.scraper.base.program_messages import templates_of

SOURCE = {"slug": "a", "name": "A", "home_url": "http://a.vn/"}
WRONG: tuple[Any, ...] = (
    0, -1, 1, 10**30, 1.5, float("nan"), float("inf"), True, "", "x", "x" * 300, "é", "99:99",
    "12:61", "12h", [], [1], ["a"], [[1]], [[1, 2, 3]], {}, {"a": 1}, [{"url": "x"}], None,
    "~nobody-here/x", ["a"] * 900, "x" * 3_000, [{"a": "b" * 3_000}], "\udcff",
    {"url": "/a{page}", "first": -1, "step": 0, "method": "PUT", "formdata": [1], "list": 1},
    {"title": 1}, {"title": "", "body": [1]},
)  # fmt: skip
CHECKED = ("base/source.py", "base/watch.py", "config/configuration.py")


@pytest.mark.parametrize(
    ("model", "others"), [(Configuration, {}), (Source, SOURCE), (Watch, {"words": "b"})]
)
def test_every_rule_is_said_in_vietnamese(model: type[BaseModel], others: dict[str, str]) -> None:
    left = set()
    for key in model.model_fields:
        for value in WRONG:
            try:
                model.model_validate({**others, key: value})
            except ValidationError as error:
                for each in filter(lambda each: each["loc"], error.errors()):
                    told = describe_error(each, model)
                    rule = SHAPES.get(each["type"]) or each["msg"].removeprefix("Value error, ")
                    if ": " not in repr(each["input"]) and rule[1:] in translate(told, "vi"):
                        left.add(rule)
    assert left == set()


@pytest.mark.parametrize("name", CHECKED)
def test_every_rule_of_ours_is_in_the_catalogue(name: str) -> None:
    tree = ast.parse((Path(scraper.__file__).parent / name).read_text("utf-8"))
    raised = [
        node.exc.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and ast.unparse(node.exc.func) == "ValueError"
    ]
    texts = {text for argument in raised for text in templates_of(argument)}
    assert texts
    assert texts - catalogue().keys() == set()
