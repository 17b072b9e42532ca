"""How long the pause of a host is, and which URLs share it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from scraper.base.hosts import host_name
from scraper.base.source import Source
from spiders.http.hosts import Host, Hosts, delay_of, retry_after
from spiders.limits import CrawlPlan, Limits
from tests.spiders.crawling import source_at

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_delay_below_the_default_is_for_own_hosts_only() -> None:
    public = Source(slug="xa", name="Xã", home_url="https://xa.example/")
    assert delay_of(public, CrawlPlan(delay=0)) == 2.0
    assert delay_of(source_at("http://127.0.0.1:8000/"), CrawlPlan(delay=0)) == 0
    assert delay_of(public.model_copy(update={"delay": 9.0}), CrawlPlan()) == 9.0


def test_a_public_host_has_its_own_pause_whoever_leads_to_it() -> None:
    hosts, own = Hosts(CrawlPlan(delay=0)), source_at("http://127.0.0.1:8000/")
    assert hosts.of("https://cdn.example/anh.jpg", own).delay == 2.0
    assert hosts.of("http://127.0.0.1:8000/anh.jpg", own).delay == 0


def test_jitter_only_lengthens_a_pause() -> None:
    for _ in range(100):
        host = Host("xa.example", 2.0, Limits())
        host.end(100.0)
        assert 102.0 <= host.ready_at <= 102.5


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.xa.example/tin", "xa.example"),
        ("http://xa.example:80/", "xa.example"),
        ("http://xa.example:8080/", "xa.example:8080"),
    ],
)
def test_host_is_one_machine_however_it_is_spelled(url: str, name: str) -> None:
    assert host_name(url) == name


@pytest.mark.fault(15)
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (format_datetime(NOW + timedelta(seconds=90)), 90.0),
        (format_datetime(NOW - timedelta(days=1)), 7.0),
        ("-5", 7.0),
        ("0", 7.0),
        ("sớm thôi", 7.0),
        (None, 7.0),
        ("9" * 400, 999999999999.0),
    ],
)
def test_retry_after_is_read_in_seconds_and_dates(value: str | None, seconds: float) -> None:
    assert retry_after(value, NOW, 7.0) == seconds


def test_hosts_that_several_shards_may_ask_have_a_longer_pause() -> None:
    hosts = Hosts(CrawlPlan(delay=2.0, shards=3))
    own = Source(
        slug="xa", name="Xã", home_url="https://xa.example/", file_hosts=("tep.xa.example",)
    )
    assert hosts.of("https://www.xa.example/anh.jpg", own).delay == 2.0
    assert hosts.of("https://tep.xa.example/anh.jpg", own).delay == 2.0
    assert hosts.of("https://drive.example/anh.jpg", own).delay == 6.0
