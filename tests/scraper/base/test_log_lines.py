"""Log lines: one documented event each; none acts on a terminal or shows a secret."""

from __future__ import annotations

import ast
import logging
import re
import unicodedata
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.base.log_lines import OWN_PACKAGES, LineFormatter, handler_to, without_secrets
from tests.portals.platforms import NukeVietPortal
from tests.scraper.nights import House

REPOSITORY = Path(__file__).parents[3]
EVENT = re.compile(r"([a-z]+(?: [a-z]+)*)((?: [a-z_]+=%[srd])*)")
LEVELS = {"debug", "info", "warning", "error", "exception"}


def logged() -> Iterator[str]:
    """The format of every line that our code logs."""
    for room in OWN_PACKAGES:
        for path in (REPOSITORY / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."):
                    assert ast.unparse(node.func).removeprefix("logger.") in LEVELS
                    yield ast.literal_eval(node.args[0])


def test_every_line_is_an_event_with_keys_and_values() -> None:
    assert [line for line in logged() if not EVENT.fullmatch(line)] == []


def test_the_readme_of_the_daemon_lists_every_event_and_no_other() -> None:
    readme = (REPOSITORY / "scraper" / "daemon" / "README.md").read_text("utf-8")
    section = readme.partition("## Log lines")[2]
    rows = re.findall(r"^\| (`[^|]+`) \|", section.partition("\n#")[0], re.M)
    told = [event for row in rows for event in re.findall("`([^`]+)`", row)]
    events = {match[1] for line in logged() if (match := EVENT.fullmatch(line))}
    assert sorted(told) == sorted({*events, "library message"})


@pytest.mark.fault(72)
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("url=https://a.vn/?op=tin&access_token=geheim&page=2", "page=2"),
        ("url=https://a.vn/?apiKey=geheim", "apiKey="),
        ("url=https://a.vn/x;jsessionid=geheim", "a.vn/x"),
        ("url=https://a.vn/?p_auth=geheim", "p_auth="),
        ("url=https://a.vn/?id=5&PHPSESSID=geheim", "id=5&PHPSESSID="),
        ("url=https://nga:geheim@a.vn/", "a.vn"),
        ("mailto://nga:geheim@a.vn", "a.vn"),
        ("url=https://a.vn/?v=" + "9c" * 16, "v="),
    ],
)
def test_secrets_in_addresses_are_struck_out(text: str, kept: str) -> None:
    struck = without_secrets(text)
    assert "geheim" not in struck
    assert "9c9c" not in struck
    assert kept in struck


def test_an_address_without_secrets_stays_as_it_is() -> None:
    url = "url=https://a.vn/index.php?nv=news&op=thoi-su/cau-moi-12&page=2"
    assert without_secrets(url) == url


def line(text: str, error: BaseException | None = None) -> str:
    trace = (type(error), error, None) if error else None
    record = logging.LogRecord(
        "spiders.x", logging.WARNING, "x.py", 1, "page settled url=%s", (text,), trace
    )
    return LineFormatter().format(record)


@pytest.mark.fault(72)
@given(st.text())
def test_nothing_that_a_site_writes_moves_the_cursor_or_begins_a_line(text: str) -> None:
    told = line(f"\x1b[2J\x1b]0;title\x07 \u202e{text}", ValueError(f"\r\n{text}"))
    assert [letter for letter in told if unicodedata.category(letter) == "Cc"] == []
    assert len(told.splitlines()) == 1


@pytest.mark.fault(72)
def test_no_secret_stands_in_a_traceback() -> None:
    assert "geheim" not in line("", ValueError("http://xa.example/a?PHPSESSID=geheim"))


@pytest.fixture
def stream() -> Iterator[StringIO]:
    stream = StringIO()
    handler, root = handler_to(stream, logging.INFO), logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def test_a_traceback_stays_in_its_line(stream: StringIO) -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logging.getLogger("spiders.portal").exception("page unreadable url=%s", "x")
    [line] = stream.getvalue().splitlines()
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ERROR page unreadable url=x trace=", line)


def test_libraries_are_heard_from_a_warning_up(stream: StringIO) -> None:
    library = logging.getLogger("scrapy.core.engine")
    library.info("Spider opened")
    library.warning("Trouble\nahead")
    [line] = stream.getvalue().splitlines()
    assert line.endswith("WARNING library message logger=scrapy.core.engine text='Trouble\\nahead'")


def test_a_crawl_logs_a_line_a_page_and_no_token(tmp_path: Path) -> None:
    with NukeVietPortal(3) as portal:
        house = House(tmp_path, portal.home_url)
        sources = tmp_path / "config" / "tinhuyen" / "sources.toml"
        sources.write_text(f'{sources.read_text()}lists = ["/thoi-su/?access_token=geheim"]\n')
        log = house.tinhuyen("crawl", "--verbose").stderr
    assert (
        len(re.findall(r" DEBUG page settled url=.* source=portal outcome=new .*run=1", log)) == 3
    )
    assert "access_token=***" in log
    assert "geheim" not in log


def test_a_setting_that_is_a_secret_is_not_printed(tmp_path: Path) -> None:
    house = House(tmp_path, "http://127.0.0.1:1/")
    for setting in ("TINHUYEN_PING", "TINHUYEN_PASSWORD"):
        run = house.tinhuyen("crawl", **{setting: "geheim"})
        assert run.returncode == 2
        assert setting in run.stderr
        assert "geheim" not in run.stderr
