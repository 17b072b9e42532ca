"""The compiled build: the same articles, or one clear line that says why there is none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from setuptools import build_meta
from setuptools.errors import PlatformError

from pipelines.extraction import ExtractionResult, SourceProfile
from scraper.packaging import backend, compiled
from scraper.packaging.imports import FOLDERS, PACKAGE
from tests.scraper.test_packaging import (
    LIBRARIES,
    PAGE,
    REPOSITORY,
    clean_environment,
    python,
    take_in_a_page,
)

BUILD = "from scraper.packaging import backend; backend.build_{}('dist')"
PAGES = REPOSITORY / "tests" / "pages"

DIGESTS = """
import hashlib, sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from {package}pipelines.extraction import extract_page
from {package}pipelines.items import Page
from {package}pipelines import text
NIGHT = datetime(2026, 11, 1, tzinfo=UTC)
print(Path(text.__file__).suffix)
for path in sorted(Path(sys.argv[2]).glob("*.html")):
    whole = path.read_bytes()
    for body in (whole, whole[: len(whole) // 2], whole[::-1], whole.replace(b"</", b"<", 40)):
        page = Page(url="https://hamyen.vn/a.html", body=body, fetched_at=NIGHT)
        print(path.name, hashlib.sha256(repr(extract_page(page)).encode()).hexdigest())
"""
"""Prints whether text is compiled, and digests of what is read from pages, whole and damaged."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What a build needs of the checkout."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "settings.py"):
        shutil.copy(REPOSITORY / name, folder)
    for name in FOLDERS:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignore)
    return folder


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_compiled_wheel_reads_every_page_as_python_does(source: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", BUILD.format("wheel")], cwd=source, timeout=3000, check=True,
        env=clean_environment() | {"TINHUYEN_COMPILED": "1"},
    )  # fmt: skip
    [wheel] = source.glob("dist/*.whl")
    installed = tmp_path / "installed"
    shutil.unpack_archive(wheel, installed, "zip")
    assert {path.name.partition("-")[0] for path in installed.iterdir()} == {PACKAGE}
    pure, fast = (
        python(
            "-S",
            "-c",
            DIGESTS.format(package=package),
            str(folder),
            str(PAGES),
            folder=tmp_path,
            PYTHONPATH=LIBRARIES,
            PYTHONHASHSEED="0",
        )
        for folder, package in ((REPOSITORY, ""), (installed, f"{PACKAGE}."))
    )
    assert (pure.split()[0], fast.split()[0]) == (".py", ".so")
    assert pure.split()[1:] == fast.split()[1:]
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    command = ("-S", "-m", PACKAGE)
    take_in_a_page(*command, folder=tmp_path, path=f"{installed}:{LIBRARIES}")
    shown = python(*command, "--version", folder=tmp_path, PYTHONPATH=f"{installed}:{LIBRARIES}")
    assert shown.strip().endswith(", compiled")


def test_what_workers_are_sent_stays_in_python() -> None:
    """Objects of compiled classes cannot be pickled."""
    modules = {str(path.with_suffix("")) for path in compiled.compiled_modules(REPOSITORY)}
    assert {"pipelines/text", "pipelines/extraction/html/outline"} <= modules
    sent = {each for root in (ExtractionResult, SourceProfile) for each in classes_in(root)}
    assert "BlockOccurrence" in {each.__name__ for each in sent}
    assert not {each.__module__.replace(".", "/") for each in sent} & modules


def classes_in(annotation: Any) -> Iterator[type]:
    """The data classes that objects of a type consist of."""
    for part in get_args(annotation):
        yield from classes_in(part)
    if isinstance(annotation, type) and is_dataclass(annotation):
        yield annotation
        hints = get_type_hints(annotation)
        for each in fields(annotation):
            yield from classes_in(hints[each.name])


def test_each_module_that_is_kept_in_python_exists() -> None:
    stems = {path.stem for path in (REPOSITORY / "pipelines" / "extraction").rglob("*.py")}
    assert stems >= set(compiled.KEPT_IN_PYTHON)


@pytest.mark.parametrize(("value", "is_needed"), [("1", True), ("0", False), ("", False)])
def test_only_the_compiled_build_needs_mypy(
    value: str, is_needed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINHUYEN_COMPILED", value)
    monkeypatch.setattr(build_meta, "get_requires_for_build_wheel", lambda _: ["x"])
    assert backend.get_requires_for_build_wheel() == ["x", *[compiled.COMPILER] * is_needed]


def test_the_build_needs_the_mypy_of_the_developers() -> None:
    assert f'"{compiled.COMPILER}"' in (REPOSITORY / "pyproject.toml").read_text("utf-8")


def test_what_the_build_lacks_is_named_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -m64")
    with pytest.raises(PlatformError, match=r"no no-such-compiler -m64: install .*gcc"):
        compiled.require_compiler()
    monkeypatch.setattr(compiled, "find_spec", lambda _: None)
    with pytest.raises(PlatformError, match=r"needs mypy.*pip install 'mypy>="):
        compiled.require_compiler()
    monkeypatch.setenv("TINHUYEN_COMPILED", "yes")
    with pytest.raises(PlatformError, match=r"TINHUYEN_COMPILED=yes is neither 1"):
        compiled.is_compiled_build()


def test_an_editable_install_is_not_compiled(source: Path) -> None:
    with pytest.raises(AssertionError, match="editable install is not compiled: leave out"):
        python("-c", BUILD.format("editable"), folder=source, TINHUYEN_COMPILED="1")
