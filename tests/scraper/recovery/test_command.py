"""`tinhuyen archive recover` on the made-up district, which a real pywb serves."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scraper.store.database import open_database
from tests.processes import Process, start
from tests.scraper.commands.test_command_line import tinhuyen
from tests.scraper.recovery.district import district
from tests.scraper.recovery.district_check import problems
from tests.scraper.recovery.district_truth import District
from tests.scraper.recovery.replay_server import needs_pywb, pywb
from tests.scraper.recovery.services import Answer, Fault, Request, Service, refusing
from tests.scraper.recovery.test_pywb import lines

ENTRY = """[hamyen]
name = "Cổng thông tin điện tử huyện Hàm Yên"
home_url = "http://hamyen.tuyenquang.gov.vn/"
level = "district"
province = "Tuyên Quang"
unit_code = "H074"
"""
SHORT = (2024, 2025)
"""The years of a recovery that takes half a minute; that of all years takes two."""

HUGE_LINES = 120_000

SECONDS_BETWEEN_REQUESTS = 1.0
SECONDS_BETWEEN_QUERIES = 2.5


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder whose configuration has the district as its only own source."""
    folder = tmp_path / "config" / "tinhuyen"
    folder.mkdir(parents=True)
    (folder / "sources.toml").write_text(ENTRY, encoding="utf-8")
    return tmp_path


@contextmanager
def served(folder: Path, kept: District) -> Iterator[Service]:
    """Serve the captures; the index of the host leaves out those that are hidden."""
    (folder / "pywb").mkdir()
    with pywb(folder / "pywb", kept.captures) as service:
        paths = [url.partition("://")[2].partition("/")[2].encode() for url in kept.hidden]
        service.faults.append(Fault("matchType=host", without(paths), times=1000))
        yield service


def without(paths: list[bytes]) -> Any:
    """Leave the lines of an index out that name one of these paths."""

    def shorten(request: Request, answer: Answer) -> Answer:
        lines = answer.body.splitlines(keepends=True)
        kept = [line for line in lines if not any(path in line for path in paths)]
        return Answer(answer.status, answer.fields, b"".join(kept), answer.reason)

    return shorten


def recover(home: Path, service: Service, *more: str) -> tuple[int, Any]:
    """Run the command; returns its exit code and its result."""
    done = tinhuyen(
        "archive", "recover", "hamyen", "--service", service.collection, "--json", *more, home=home
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def check_pace(service: Service) -> None:
    """Check the server's log: what was asked for, and how fast."""
    slack = 0.02  # the log has the time of arrival, not that of sending
    assert min(service.pauses()) >= SECONDS_BETWEEN_REQUESTS - slack
    assert min(service.pauses("/cdx"), default=99) >= SECONDS_BETWEEN_QUERIES - slack
    captures = [request.target for request in service.asked("id_/")]
    assert len(captures) == len(set(captures))


@needs_pywb
def test_the_last_years_of_a_district_come_back(home: Path) -> None:
    kept = district(*SHORT)
    with served(home, kept) as service:
        code, first = recover(home, service, "--dry-run")
        assert (code, first["is_dry_run"]) == (0, True)
        (plan,) = first["services"]
        assert plan["waiting"] > 10
        assert 0 < plan["to_fetch"] <= plan["waiting"]
        assert not service.asked("id_/")
        code, done = recover(home, service)
        assert (code, done["is_finished"]) == (0, True)
        check_pace(service)
        requests = len(service.requests)
        code, _ = recover(home, service)
        assert code == 0
        assert not [one for one in service.requests[requests:] if "id_/" in one.target]
    db = open_database(home / "data" / "tinhuyen.db")
    assert problems(db, kept) == []
    db.close()
    shown = tinhuyen("sources", "show", "hamyen", "--json", home=home)
    recovery = json.loads(shown.stdout)["recovery"]
    assert recovery["waiting"] == recovery["unfinished"] == 0


@pytest.mark.slow
@needs_pywb
def test_the_whole_district_comes_back(home: Path) -> None:
    kept = district()
    with served(home, kept) as service:
        code, done = recover(home, service)
        assert (code, done["is_finished"]) == (0, True)
        check_pace(service)
    db = open_database(home / "data" / "tinhuyen.db")
    assert problems(db, kept) == []
    db.close()


@pytest.mark.slow
@needs_pywb
def test_a_huge_host_is_planned_to_its_last_line(home: Path) -> None:
    """By itself, pywb ends an answer at 100,000 lines."""
    (home / "pywb").mkdir()
    with pywb(home / "pywb", lines=lines("hamyen.tuyenquang.gov.vn", HUGE_LINES)) as service:
        code, cost = recover(home, service, "--dry-run")
    [counts] = cost["services"]
    assert (code, counts["waiting_queries"]) == (0, 0)
    assert (counts["lines"], counts["waiting"]) == (HUGE_LINES, HUGE_LINES)
    assert counts["to_fetch"] == 1, "all lines have one digest"
    db = open_database(home / "data" / "tinhuyen.db")
    assert db.table("archived_captures").count == HUGE_LINES
    db.close()


def started(home: Path, service: Service) -> Process:
    """Start the command, and wait until it fetches captures."""
    own = {"TINHUYEN_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")}
    command = ("archive", "recover", "hamyen", "--service", service.collection, "--lang", "en")
    process = start("scraper", *command, environment=os.environ | own)
    deadline = time.monotonic() + 300
    while len(service.asked("id_/")) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    return process


@needs_pywb
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_recovery_stops_after_the_capture_in_hand_and_goes_on(
    home: Path, number: signal.Signals
) -> None:
    kept = district(2025)
    with served(home, kept) as service:
        process = started(home, service)
        process.send_signal(number)
        out, _ = process.communicate(timeout=300)
        assert process.wait() == 130
        assert "stopped as asked: `tinhuyen archive recover hamyen` goes on" in out
        status = tinhuyen("status", "--lang", "en", home=home)
        assert "of web archives settled; `tinhuyen archive recover hamyen` goes on" in status.stdout
        code, done = recover(home, service)
        assert (code, done["is_finished"]) == (0, True)
        check_pace(service)
    db = open_database(home / "data" / "tinhuyen.db")
    assert problems(db, kept) == []
    db.close()


@needs_pywb
def test_a_service_that_asks_for_a_pause_is_left_alone_and_a_second_recovery_refused(
    home: Path,
) -> None:
    with served(home, district(2025)) as service:
        process = started(home, service)
        second = tinhuyen(
            "archive", "recover", "hamyen", "--service", service.collection, home=home
        )
        assert second.returncode == 4
        service.faults.append(Fault("id_/", refusing(429, "7200")))
        out, _ = process.communicate(timeout=300)
        assert process.wait() == 3
        assert f"{service.collection} stopped: " in out
        assert "it may be asked again" in out
        assert "not at the end: `tinhuyen archive recover hamyen` goes on" in out
        requests = len(service.requests)
        code, value = recover(home, service)
        assert (code, value["is_finished"]) == (1, False)
        assert len(service.requests) == requests


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hamyenn"], "no source `hamyenn`: did you mean hamyen"),
        (["hamyen"], "internet-archive is a public web archive and `contact` is not set"),
        (["hamyen", "--service", "comon-crawl"], "common-crawl"),
        (["hamyen", "--service", "http://127.0.0.1:9/kept", "--since", "hôm qua"], "2026-11-23"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_asked(
    home: Path, words: list[str], said: str
) -> None:
    done = tinhuyen("archive", "recover", *words, "--lang", "en", home=home)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (home / "data" / "tinhuyen.db").exists()


@pytest.mark.slow
def test_an_archive_out_of_reach_is_said_in_the_language_of_the_reader(home: Path) -> None:
    done = tinhuyen(
        "archive", "recover", "hamyen", "--service", "http://127.0.0.1:9/kept", "--dry-run",
        "--lang", "vi", home=home,
    )  # fmt: skip
    assert done.returncode == 1
    assert "đã dừng" in done.stdout
    assert "Kho lưu trữ web" in done.stdout
