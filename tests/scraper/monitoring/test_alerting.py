"""Alerts that really go out, once a change, and the signs of life."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.monitoring.digest import write_changes
from scraper.monitoring.health import NIGHTLY_RUN
from scraper.store.source_record import Verdict
from scraper.store.verdicts import Change
from tests.portals.fickle import FicklePortal
from tests.scraper.nights import House, free_port
from tests.scraper.post_office import Webhook, mailbox


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as webhook:
        yield webhook


@pytest.fixture
def portal() -> Iterator[FicklePortal]:
    with FicklePortal(3) as portal:
        yield portal


@pytest.fixture
def house(tmp_path: Path, portal: FicklePortal) -> House:
    return House(tmp_path, portal.home_url)


def test_a_change_is_told_once_and_so_is_the_recovery(
    house: House, portal: FicklePortal, webhook: Webhook
) -> None:
    alerts = f"json://{webhook.place}/hook"

    def night() -> list[str]:
        """The messages of one more night, title and body each."""
        before = len(webhook.posted)
        house.tinhuyen("crawl")
        assert house.tinhuyen("alert", TINHUYEN_ALERTS=alerts, TINHUYEN_LANG="en").returncode == 0
        return [f"{one['title']}\n{one['message']}" for one in webhook.posted[before:]]

    assert night() == []
    portal.mood = "shut"
    [broke] = night()
    assert "2 broke, 0 recovered" in broke  # the site, and the nightly run: nothing was read
    assert "- portal: fine → blocked" in broke
    assert night() == []
    portal.mood = "well"
    portal.publish(2)
    [recovered] = night()
    assert "0 broke, 2 recovered" in recovered
    assert "- portal: blocked → fine" in recovered
    assert "new articles and notices: 2" in recovered
    assert "- portal: 2" in recovered


def test_what_could_not_be_sent_is_told_the_next_time(
    house: House, portal: FicklePortal, webhook: Webhook
) -> None:
    portal.mood = "shut"
    house.tinhuyen("crawl")
    alerts = f"json://nga:geheim@{webhook.place}/hook"
    webhook.refuses = True
    run = house.tinhuyen("alert", TINHUYEN_ALERTS=alerts)
    assert run.returncode == 1
    assert "alert failed" in run.stderr
    assert "geheim" not in run.stderr + run.stdout
    webhook.refuses = False
    assert house.tinhuyen("alert", TINHUYEN_ALERTS=alerts).returncode == 0
    assert len(webhook.posted) == 1


def test_an_alert_comes_as_a_mail(house: House, portal: FicklePortal) -> None:
    portal.mood = "shut"
    house.tinhuyen("crawl")
    port = free_port()
    with mailbox(port) as mails:
        address = f"mailto://127.0.0.1:{port}?from=tin@example.org&to=nga@example.org&mode=insecure"
        assert house.tinhuyen("alert", TINHUYEN_ALERTS=address).returncode == 0
    [mail] = mails
    assert mail["To"] == "nga@example.org"
    assert mail["Subject"].startswith("tinhuyen: 2 broke")
    body = mail.get_body()
    assert body is not None
    assert "portal: new → blocked" in body.get_content()


def test_a_test_message_goes_to_every_address(house: House, webhook: Webhook) -> None:
    alerts = f"json://{webhook.place}/a json://{webhook.place}/b"
    assert house.tinhuyen("alert", "--test", TINHUYEN_ALERTS=alerts).returncode == 0
    assert [one["title"] for one in webhook.posted] == ["tinhuyen: a test"] * 2
    assert house.tinhuyen("alert", "--test").returncode == 2


def test_an_address_that_is_none_is_told_by_its_place(house: House) -> None:
    run = house.tinhuyen("alert", "--test", TINHUYEN_ALERTS="geheim://x")
    assert run.returncode == 2
    assert "number 1" in run.stderr
    assert "geheim" not in run.stderr


def test_a_good_run_beats_and_pings_and_a_bad_one_does_not(
    house: House, portal: FicklePortal, webhook: Webhook
) -> None:
    ping, heart = f"http://{webhook.place}/ping/geheim", house.folder / "tinhuyen.heartbeat"
    portal.mood = "shut"
    house.tinhuyen("crawl")
    house.tinhuyen("alert", TINHUYEN_PING=ping)
    assert (heart.exists(), webhook.pings) == (False, [])
    portal.mood = "well"
    house.tinhuyen("crawl")
    run = house.tinhuyen("alert", TINHUYEN_PING=ping)
    assert webhook.pings == ["/ping/geheim"]
    assert "geheim" not in run.stderr
    finished = house.rows("SELECT finished_at FROM runs ORDER BY id DESC LIMIT 1")
    assert [(heart.read_text().strip(),)] == finished
    house.tinhuyen("alert", TINHUYEN_PING=ping)
    assert webhook.pings == ["/ping/geheim"], "one sign of life a run"


def test_what_is_told_can_be_read_by_a_program(house: House, portal: FicklePortal) -> None:
    portal.mood = "shut"
    house.tinhuyen("crawl")
    told = json.loads(house.tinhuyen("alert", "--json").stdout)
    assert sorted(told) == ["body", "title"]
    assert json.loads(house.tinhuyen("alert", "--json").stdout) is None


@pytest.mark.parametrize(
    ("language", "title", "line"),
    [
        ("en", "tinhuyen: 1 broke, 1 recovered", "- run: fine → blocked (no page could be read)"),
        (
            "vi",
            "tinhuyen: 1 nguồn gặp vấn đề, 1 đã ổn lại",
            "- run: ổn → bị chặn (không đọc được trang nào)",
        ),
    ],
)
def test_changed_verdicts_are_told_in_the_language_of_the_reader(
    language: str, title: str, line: str
) -> None:
    changes = [
        Change("run", Verdict.FINE, Verdict.BLOCKED, "no page could be read"),
        Change(NIGHTLY_RUN, Verdict.BROKEN, Verdict.FINE, "run 7 ended done"),
    ]
    run = {"id": 7, "state": "done", "new": 2, "sources": [{"source": "run", "new": 2}]}
    digest = write_changes(changes, run, language)
    assert digest.title == title
    assert line in digest.body.splitlines()
    words = {"lượt chạy hằng đêm", "Lượt 7 (xong)"}
    assert all((each in digest.body) is (language == "vi") for each in words)
