"""What is installed is one package, which neither hides the modules of others nor is hidden."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from scraper.packaging.imports import FOLDERS, TOP, below_package

REPOSITORY = Path(__file__).parents[2]
LIBRARIES = sysconfig.get_path("purelib")
BUILD = "import sys; from setuptools import build_meta as b; getattr(b, sys.argv[1])(sys.argv[2])"

HOSTILE = ("settings", "pipelines", "spiders", "tinhuyen", "lxml", "pebble", "scrapy", "tomllib")
"""Modules of somebody else in the working directory; importing one ends the process."""

TEXT = "Sáng nay, nhân dân trong huyện dự lễ hội đầu xuân tại quảng trường trung tâm. " * 3
PAGE = f"<html><body><article><h1>Lễ hội đầu xuân</h1><p>{TEXT}</p><p>{TEXT}</p></article></html>"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image copies."""
    folder: Path = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE", "settings.py"):
        shutil.copy(REPOSITORY / name, folder)
    for name in FOLDERS:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignore)
    return folder


@pytest.fixture(scope="module")
def installed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel is installed, without what it depends on.

    The wheel is built from a source distribution, with what an earlier build left lying about.
    """
    folder: Path = tmp_path_factory.mktemp("installed")
    python("-c", BUILD, "build_sdist", str(source / "dist"), folder=source)
    [archive] = source.glob("dist/*.tar.gz")
    shutil.unpack_archive(archive, source / "dist", filter="data")
    unpacked = archive.with_suffix("").with_suffix("")
    offline = ("--quiet", "--no-deps", "--disable-pip-version-check")
    build = (*offline, "--no-build-isolation", "--wheel-dir", str(source / "dist"), str(unpacked))
    stale = unpacked / "build" / "lib" / "settings.py"
    stale.parent.mkdir(parents=True)
    stale.touch()
    python("-m", "pip", "wheel", *build)
    [wheel] = source.glob("dist/*.whl")
    python("-m", "pip", "install", *offline, "--no-index", "--target", str(folder), str(wheel))
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A working directory with a page, and modules that must not be imported."""
    for name in HOSTILE:
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name} of somebody else')")
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    return tmp_path


def python(*arguments: str, folder: Path = REPOSITORY, **environment: str) -> str:
    """What Python prints, which must end well; without `site`, no editable install is found."""
    run = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=clean_environment() | environment,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def clean_environment() -> dict[str, str]:
    """The environment without what it says to Python."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def take_in_a_page(*command: str, folder: Path, path: str) -> None:
    """Import a page, which reads the settings and starts workers, and find what was stored."""
    db = ("--db", str(folder / "a.db"))
    page = folder / "page.html"
    page.write_text(PAGE, "utf-8")
    where = {"PYTHONPATH": path, "TINHUYEN_HOME": str(folder)}
    python(*command, *db, "import", str(page), "--source", "hamyen", folder=folder, **where)
    assert "Lễ hội" in python(*command, *db, "search", "le hoi", folder=folder, **where)


def test_one_name_is_installed(installed: Path) -> None:
    found = {path.name.partition("-")[0] for path in installed.iterdir()}
    assert found == {"bin", "tinhuyen"}
    [names] = installed.glob("*.dist-info/top_level.txt")
    assert names.read_text().split() == ["tinhuyen"]


def test_a_wheel_holds_all_that_the_program_reads(source: Path, installed: Path) -> None:
    package = installed / "tinhuyen"
    assert data_files(package) == data_files(source)
    deploy = {path.name for path in (source / "scraper" / "deploy").iterdir()}
    assert {path.name for path in (package / "scraper" / "deploy").iterdir()} >= deploy
    assert {path.name for path in package.iterdir() if path.is_file()} >= {
        "py.typed",
        "settings.py",
    }
    assert not (package / "scraper" / "packaging").exists()


def data_files(folder: Path) -> set[str]:
    """What the folders hold beside code and what only people look at."""
    return {
        str(path.relative_to(folder))
        for top in FOLDERS
        for path in (folder / top).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".png", ".md", ".pyc")
        if not {"deploy", "packaging"}.intersection(path.parts)
    }


def test_no_module_names_a_folder_as_if_it_were_at_the_top(installed: Path) -> None:
    """Neither an import nor a text that is a name, or the beginning of one."""
    name = re.compile(rf"(?:{'|'.join(TOP)})(?:\.[a-z_]*)*")
    found = set()
    for path in installed.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                named = [node.module or ""]
            elif isinstance(node, ast.Import):
                named = [each.name for each in node.names]
            else:
                named = [str(getattr(node, "value", ""))] if isinstance(node, ast.Constant) else []
            found |= {(path.name, each) for each in named if name.fullmatch(each)}
    own = {("program_settings.py", "settings"), ("program_settings.py", "settings.py")}
    own |= {("config.py", "settings")}  # a key of its JSON
    assert found == own | {("log_lines.py", folder) for folder in FOLDERS}


def test_a_demo_runs_from_a_wheel_whatever_lies_in_the_working_directory(
    installed: Path, elsewhere: Path
) -> None:
    shown = python(
        "-S", str(installed / "bin" / "tinhuyen"), "--db", str(elsewhere / "a.db"), "demo",
        folder=elsewhere, PYTHONPATH=f"{installed}:{LIBRARIES}", TINHUYEN_HOME=str(elsewhere),
    )  # fmt: skip
    assert re.search(r"^new: \d+ articles$", shown, re.MULTILINE)


def test_the_console_script_of_a_wheel_starts_workers_that_import_nothing_from_here(
    installed: Path, elsewhere: Path
) -> None:
    script = str(installed / "bin" / "tinhuyen")
    take_in_a_page("-S", script, folder=elsewhere, path=f"{installed}:{LIBRARIES}")


def test_the_package_adds_one_name_to_the_modules_of_its_user(installed: Path) -> None:
    code = (
        "import sys; from tinhuyen import extract, open_database;"
        "from tinhuyen.scraper.crawling import crawl;"
        "assert extract('<p>x</p>'); print(*{name.partition('.')[0] for name in sys.modules})"
    )
    names = python("-S", "-c", code, PYTHONPATH=f"{installed}:{LIBRARIES}", folder=installed)
    assert "tinhuyen" in names.split()
    assert not {*TOP, "tests"}.intersection(names.split())


def test_an_editable_install_leads_to_the_checkout(source: Path, elsewhere: Path) -> None:
    """Its console script is that of a wheel, and the folders have their short names."""
    python("-c", BUILD, "build_editable", str(elsewhere), folder=source)
    [wheel] = elsewhere.glob("*.whl")
    shutil.unpack_archive(wheel, elsewhere / "site", "zip")
    [script] = (elsewhere / "site").glob("*.dist-info/entry_points.txt")
    assert "tinhuyen = tinhuyen.__main__:main" in script.read_text()
    code = (
        f"import site, sys; sys.path[0] = {str(elsewhere / 'site')!r}\n"
        "site.addsitedir(sys.path[0])\n"
        "import pipelines, settings, spiders, tinhuyen.__main__\n"
        f"assert all(one.__file__.startswith({str(source)!r}) for one in (pipelines, settings))\n"
        "tinhuyen.__main__.main()"
    )
    assert "hamyen" in python(
        "-S", "-c", code, "--db", "a.db", "sources", "list", folder=elsewhere, PYTHONPATH=LIBRARIES
    )


def test_python_m_scraper_uses_its_own_settings(elsewhere: Path) -> None:
    take_in_a_page("-S", "-m", "scraper", folder=elsewhere, path=f"{REPOSITORY}:{LIBRARIES}")


def test_python_m_scraper_needs_no_install_in_the_checkout(source: Path) -> None:
    take_in_a_page("-S", "-m", "scraper", folder=source, path=LIBRARIES)


def test_settings_of_somebody_else_are_named(tmp_path: Path) -> None:
    (tmp_path / "settings.py").touch()
    code = (
        "from scraper.base.errors import UsageError\n"
        "try:\n    import scraper.crawling.crawl\n"
        "except UsageError as error:\n    print(error)\n"
    )
    path = f"{tmp_path}:{REPOSITORY}:{LIBRARIES}"
    told = python("-S", "-c", code, folder=tmp_path, PYTHONPATH=path)
    assert told.startswith(f"{tmp_path}/settings.py hides {REPOSITORY}/settings.py: ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from scraper.base.clock import now", "from tinhuyen.scraper.base.clock import now"),
        ("from scraper import commands", "from tinhuyen.scraper import commands"),
        ("from settings import A", "from tinhuyen.settings import A"),
        ("import settings", "from tinhuyen import settings"),
        ("import scraper as program", "from tinhuyen import scraper as program"),
        ("if x:\n    import settings  # cũ", "if x:\n    from tinhuyen import settings  # cũ"),
        ("a = 'ế', 'spiders.portal'", "a = 'ế', 'tinhuyen.spiders.portal'"),
        ("a = ['spiders.portal', 'spiders.portal']",
         "a = ['tinhuyen.spiders.portal', 'tinhuyen.spiders.portal']"),
        ('A = "spiders.portal.PortalSpider"', 'A = "tinhuyen.spiders.portal.PortalSpider"'),
        ("files('scraper.browse')", "files('tinhuyen.scraper.browse')"),
        *((same, same) for same in (
            "from . import scraper", "from scraper_tools import x", "import scrapy, settings_of_x",
            "a = 'spiders.nothing.here'", "a = 'settings'", "a = 'see spiders.portal'",
            "from tinhuyen.scraper import commands", "'''Read spiders.portal.'''",
        )),
    ],
)  # fmt: skip
def test_imports_and_names_of_modules_are_put_below_the_package(before: str, after: str) -> None:
    assert below_package(before, REPOSITORY) == after
    assert below_package(after, REPOSITORY) == after


@pytest.mark.parametrize("line", ["import scraper.base.clock", "import os, settings"])
def test_an_import_that_cannot_be_put_below_the_package_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"line 2: write `from … import …`"):
        below_package(f"x = 1\n{line}", REPOSITORY)
