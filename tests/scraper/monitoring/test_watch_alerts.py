"""Watches and the digest, as they arrive: in a mailbox and at webhooks, once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.base.clock import now
from scraper.base.watch import Watch
from scraper.config.registry import Catalogue
from scraper.monitoring.alerting import preview_report, report_run
from scraper.monitoring.delivery import without_parts
from scraper.monitoring.digest import MAX_REPORT_HITS, only_counted
from scraper.store.alerts import (
    MAX_WAITING,
    MAX_WAITING_DAYS,
    Message,
    count_given_up,
    count_unsent,
    give_up_messages,
    queue_message,
    waiting_messages,
)
from scraper.store.articles import mark_gone, revise_article
from scraper.store.database import write_transaction
from scraper.store.source_record import Health, Verdict
from scraper.store.verdicts import mark_reported, note_verdicts
from scraper.store.watches import hits_of_last_alerts
from tests.scraper.monitoring.watched_place import (
    HOSTILE,
    SOURCES,
    WATCH,
    Place,
    article,
    mail_to,
    text_of,
)
from tests.scraper.nights import House, free_port
from tests.scraper.post_office import Webhook, mailbox
from tests.scraper.store.test_file_search import fetched, put


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as webhook:
        yield webhook


def test_hits_come_as_a_mail_that_a_phone_shows(place: Place) -> None:
    place.night("Đưa nước sạch về bản", "Tin khác")
    port = free_port()
    with mailbox(port) as mails:
        alert = place.report(mail_to(port), watch=[WATCH], browse_url="http://tin.example/")
        assert not alert.failures
        place.report(mail_to(port), watch=[WATCH])
    [mail] = mails
    assert mail["Subject"].startswith("Tin huyện ")
    assert mail["Subject"].endswith(": 1 bài theo dõi")
    assert re.fullmatch(r"<[\w.]+@example\.org>", mail["Message-ID"])
    assert mail["List-Id"] == "<digest.tinhuyen.example.org>"
    assert mail["Date"].datetime.utcoffset() == timedelta(hours=7)
    assert abs(mail["Date"].datetime - now()) < timedelta(hours=1)
    assert mail.get_content_type() == "multipart/alternative"
    text = text_of(mail)
    assert "Theo dõi “Nước sạch”: 1 bài\nMục theo dõi mới: bắt đầu từ đêm gần nhất, 1 bài." in text
    assert "- Đưa nước sạch về bản\n  Cổng huyện Hàm Yên · 14:25, 21/11/2026" in text
    assert "http://huyen.localhost/0.html" in text
    assert "http://tin.example/articles/1" in text
    assert "Tin khác" not in text
    html = text_of(mail, "html")
    assert 'name="viewport"' in html
    assert '<a href="http://huyen.localhost/0.html"><b>Đưa nước sạch về bản</b></a>' in html


def test_words_of_a_file_come_with_its_name_and_page(place: Place, webhook: Webhook) -> None:
    place.night()
    put(place.db, 7, "Bìa\fKế hoạch cấp nước sạch")
    fetched(place.db, "http://huyen.localhost/7/tep-0.pdf", "Bìa\fKế hoạch cấp nước sạch")
    with write_transaction(place.db):
        place.db.execute("UPDATE articles SET changed_at = '2099-01-01T00:00:00Z'")
        place.db.execute("UPDATE articles SET first_seen_at = '2099-01-01T00:00:00Z'")
    place.report(f"json://{webhook.place}/x", watch=[WATCH])
    [post] = webhook.posted
    assert "tìm thấy trong tệp tep-0.pdf, trang 2: " in post["message"]


def test_an_alert_is_of_bounded_length_and_counts_the_rest(place: Place, webhook: Webhook) -> None:
    place.night(*(f"Nước sạch số {number}" for number in range(160)))
    place.report(
        f"json://{webhook.place}/x", watch=[WATCH], digest=True, browse_url="https://tin.example/a"
    )
    [post] = webhook.posted
    assert "Theo dõi “Nước sạch”: 160 bài" in post["message"]
    rest = "và 140 bài nữa: https://tin.example/a/-/watches/N%C6%B0%E1%BB%9Bc%20s%E1%BA%A1ch"
    assert rest in post["message"]
    assert "Cổng huyện Hàm Yên: 160 bài" in post["message"]
    assert len(post["message"]) < 8000


def test_what_sites_write_stays_text(place: Place) -> None:
    place.night(f"Nước sạch {HOSTILE}")
    with write_transaction(place.db):
        place.db.execute("UPDATE articles SET url = 'javascript:alert(2)'")
        place.db.execute("UPDATE sources SET name = ?", [HOSTILE])
    port = free_port()
    watch = {"name": "Nước <b>", "words": "nước", "alerts": mail_to(port)}
    with mailbox(port) as mails:
        place.report(mail_to(port, "ba@example.org"), watch=[watch], digest=True)
    assert {mail["To"] for mail in mails} == {"nga@example.org", "ba@example.org"}
    for mail in mails:
        html = text_of(mail, "html")
        assert "<script" not in html
        assert "<b>:" not in html
        assert "javascript:" not in html
        assert mail["Bcc"] is None
        assert "&lt;script&gt;" in html


def test_a_watch_with_addresses_of_its_own_is_told_there_alone(
    place: Place, webhook: Webhook
) -> None:
    place.night("Nước sạch về bản")
    shared, own = f"json://{webhook.place}/chung", f"json://{webhook.place}/rieng"
    other = {"name": "Bản", "words": "bản"}
    alert = place.report(shared, watch=[{**WATCH, "alerts": [own]}, other])
    assert len(alert.others) == 1
    first, second = sorted(webhook.posted, key=lambda post: str(post["title"]))
    assert first["title"].startswith("Theo dõi “Nước sạch”: 1 bài mới, ")
    assert "Nước sạch về bản" in first["message"]
    assert "Theo dõi “Bản”: 1 bài" in second["message"]
    assert "Theo dõi “Nước" not in second["message"]


def test_without_any_address_hits_are_kept_for_the_pages_and_never_sent_later(
    place: Place, webhook: Webhook
) -> None:
    place.night("Nước sạch về bản")
    assert place.report(watch=[WATCH]).digest is not None
    assert place.report(f"json://{webhook.place}/x", watch=[WATCH]).digest is None
    assert place.db.execute("SELECT watch, alert FROM watch_hits").fetchall() == [("Nước sạch", "")]


def test_the_digest_tells_each_night_what_is_new_edited_and_removed(
    place: Place, webhook: Webhook
) -> None:
    hook = f"json://{webhook.place}/x"
    first = place.night("Tin một", "Tin hai", "Tin ba")
    place.report(hook, digest=True)
    place.report(hook, digest=True)
    assert len(webhook.posted) == 1, "one digest a run"
    with write_transaction(place.db):
        later = now() + timedelta(seconds=9)
        revise_article(place.db, first[0], article("Tin một đã sửa", 0, "Khác."), later, None)
        mark_gone(place.db, first[1], now())
    place.night("Tin bốn", source="tinh")
    place.report(hook, digest=True)
    place.night()
    place.report(hook, digest=True)
    one, two, three = [post["message"] for post in webhook.posted]
    assert "Bài mới: Tuyên Quang\n\nCổng huyện Hàm Yên: 3 bài\n- Tin ba" in one
    assert "Bài mới: nơi khác\n\nBáo tỉnh: 1 bài\n- Tin bốn" in two
    assert "Tin ba" not in two
    assert "Bài bị sửa: 1\n- Tin một đã sửa" in two
    assert "Bài bị gỡ khỏi trang nguồn: 1\n- Tin hai" in two
    assert "Không có bài nào mới." in three
    assert "Tình trạng nguồn\n" in three
    assert ": 0 bài mới" in webhook.posted[2]["title"]


def test_the_digest_begins_with_the_last_night_when_it_is_asked_for(
    place: Place, webhook: Webhook
) -> None:
    place.night("Tin cũ")
    place.report()
    place.night("Tin mới")
    place.report(f"json://{webhook.place}/x", digest=True)
    assert "Tin cũ" not in webhook.posted[0]["message"]
    assert "Tin mới" in webhook.posted[0]["message"]


def test_an_address_that_fails_is_named_and_gets_it_later_and_the_other_only_once(
    place: Place, webhook: Webhook
) -> None:
    good = f"json://{webhook.place}/a"
    bad = f"json://nga:geheim-pass@127.0.0.1:{free_port()}/geheim-path/x?+auth=geheim-header"
    place.night("Nước sạch về bản")
    [failure] = place.report(good, bad, watch=[WATCH]).failures
    assert failure.address.startswith("`alerts`: number 2 (json://127.0.0.1:")
    assert "refused" in failure.reason
    assert "geheim" not in f"{failure}"
    [unsent] = count_unsent(place.db, [good, bad])
    assert (unsent.address, unsent.count, unsent.reason) == (bad, 1, failure.reason)
    assert "geheim" not in f"{place.db.execute('SELECT * FROM alerts').fetchall()}"
    place.night("Tin khác")
    assert len(place.report(good, bad, watch=[WATCH]).failures) == 1
    assert len(webhook.posted) == 1
    assert not place.report(good, watch=[WATCH]).failures
    assert count_unsent(place.db, [good]) == []


def test_a_mail_server_that_refuses_is_quoted_without_the_password(place: Place) -> None:
    place.night("Nước sạch về bản")
    port = free_port()
    with mailbox(port) as mails:
        address = f"mailto://nga:geheim@127.0.0.1:{port}?from=tin@example.org&mode=insecure"
        [failure] = place.report(address, watch=[WATCH]).failures
    assert mails == []
    assert "AUTH" in failure.reason
    [again] = place.report(address, watch=[WATCH]).failures
    assert "refused" in again.reason
    assert "geheim" not in f"{failure} {again}"


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("tgram://123456:GEHEIM/99", "Failed at https://api/bot123456:GEHEIM/send"),
        ("jsons://h.example/a/GEHEIM", "url: /a/GEHEIM?x refused"),
        ("json://h.example/?key=GEHEIM", "url: /?key=GEHEIM refused"),
        ("mailto://u:GEH%40EIM@h.example", "login GEH@EIM refused"),
        ("mailto://u:GEH@EIM@h.example", "login GEH@EIM refused"),
        ("slack://GEHEIM/T0/x", "GEHEIM refused"),
    ],
)
def test_no_part_of_an_address_that_may_be_secret_is_shown(address: str, text: str) -> None:
    shown = without_parts(text, address)
    assert not re.search("GEH|EIM", shown)
    assert "***" in shown


def test_a_preview_shows_what_would_be_sent_and_changes_nothing(
    place: Place, webhook: Webhook
) -> None:
    place.night("Nước sạch về bản")
    configuration = place.configuration(f"json://{webhook.place}/x", watch=[WATCH], digest=True)
    before = list(place.db.conn.iterdump())
    preview = preview_report(configuration, Catalogue(SOURCES))
    assert preview.digest is not None
    assert "Nước sạch về bản" in preview.digest.body
    assert list(place.db.conn.iterdump()) == before
    assert webhook.posted == []
    sent = report_run(configuration, Catalogue(SOURCES)).digest
    assert sent == replace(preview.digest)


def test_a_process_killed_before_it_notes_the_sending_sends_again_with_the_same_id(
    place: Place, webhook: Webhook, tmp_path: Path
) -> None:
    place.night("Nước sạch về bản")
    house = House(tmp_path, "http://127.0.0.1:1/")
    config = house.sources.parent / "tinhuyen.toml"
    config.write_text(
        f'alerts = ["json://{webhook.place}/x"]\n'
        '[[watch]]\nname = "Nước sạch"\nwords = "nước sạch"\n'
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "scraper", "alert"], env=house.environment(), text=True
    )
    webhook.on_post = lambda: os.kill(process.pid, signal.SIGKILL)
    assert process.wait(300) == -signal.SIGKILL
    webhook.on_post = None
    assert house.tinhuyen("alert").returncode == 0
    assert house.tinhuyen("alert").returncode == 0
    first, second = webhook.posted
    assert first["message"] == second["message"]
    assert webhook.ids[0]
    assert webhook.ids[0] == webhook.ids[1]


def test_the_texts_of_sent_alerts_are_not_kept(place: Place, webhook: Webhook) -> None:
    place.night("Nước sạch về bản")
    place.report(f"json://{webhook.place}/x", watch=[WATCH])
    assert place.db.execute("SELECT body, html, attempts FROM alerts").fetchall() == [("", None, 1)]


def test_a_watch_may_have_no_words() -> None:
    assert Watch(name="x", sources=("huyen",)).words == ""


def test_one_alert_names_so_many_hits_of_all_watches(place: Place, webhook: Webhook) -> None:
    place.night(*(f"Nước sạch số {number}" for number in range(25)))
    watches = [{"name": f"Mục {number}", "words": "nước"} for number in range(13)]
    place.report(f"json://{webhook.place}/x", watch=watches)
    [post] = webhook.posted
    assert post["message"].count("\n- Nước sạch số") == MAX_REPORT_HITS
    assert post["message"].count("và 25 bài nữa") == 3
    [counts] = hits_of_last_alerts(place.db).values()
    assert only_counted(counts) == 13 * 25 - MAX_REPORT_HITS


def test_what_an_address_does_not_take_is_given_up_and_counted(place: Place) -> None:
    address = f"json://127.0.0.1:{free_port()}/x"
    place.night("Nước sạch")
    place.report(address, watch=[WATCH])
    assert [one.count for one in count_unsent(place.db, [address])] == [1]
    later = now() + timedelta(days=MAX_WAITING_DAYS, minutes=1)
    assert give_up_messages(place.db, now()) == 0
    assert give_up_messages(place.db, later) == 1
    assert count_unsent(place.db, [address]) == []
    [given_up] = count_given_up(place.db, [address], later)
    assert (given_up.address, given_up.count) == (address, 1)
    assert "refused" in (given_up.reason or "")
    with write_transaction(place.db):
        for number in range(MAX_WAITING + 3):
            message = Message(f"m{number:03}", "digest", "Tin", "Tin")
            queue_message(place.db, message, [address], now())
    assert give_up_messages(place.db, now()) == 3
    [waiting] = count_unsent(place.db, [address])
    assert waiting.count == MAX_WAITING
    assert next(message.id for message in waiting_messages(place.db, address)) == "m003"


def test_changed_verdicts_are_vietnamese_too_if_no_language_is_set(place: Place) -> None:
    place.night("Tin")
    note_verdicts(place.db, {"huyen": Health(Verdict.BLOCKED, "no page could be read")}, now())
    mark_reported(place.db)
    digest = place.report("json://127.0.0.1:9/x").digest
    assert digest is not None
    assert "1 đã ổn lại" in digest.title
    assert "recovered" not in digest.title
