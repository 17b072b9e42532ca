"""Feeds: what parses is kept, what does not is said, nothing is expanded or fetched."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.discovery.feeds import Feed, FeedEntry, read_feed

URL = "http://suoithu.gov.vn/rss/"


def rss(items: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{prolog}<rss version="2.0"><channel><title>Tin</title>{items}</channel></rss>'.encode()


def item(link: str = "/bai-34.html", more: str = "") -> str:
    return f"<item><title>Hội làng</title><link>{link}</link>{more}</item>"


@pytest.mark.fault(57)
def test_relative_links_are_read_from_where_the_feed_stands() -> None:
    assert read_feed(rss(item("bai-34.html")), URL).entries == (
        FeedEntry("http://suoithu.gov.vn/rss/bai-34.html"),
    )


def test_the_publication_time_is_good_to_the_day() -> None:
    """NukeViet prints the month where the minutes belong: 14:25 shows as 14:11."""
    published = "<pubDate>Tue, 21 Nov 2023 23:11:00 GMT</pubDate>"
    assert read_feed(rss(item(more=published)), URL).entries[0].changed_at == "2023-11-22"


def test_the_time_of_an_update_is_a_time() -> None:
    entry = (
        "<entry><title>Hội làng</title><link href='/bai'/><id>tag:1</id>"
        "<published>2023-11-20T00:00:00Z</published><updated>2023-11-21T07:25:00Z</updated></entry>"
    )
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode()
    assert read_feed(atom, URL).entries[0].changed_at == "2023-11-21T14:25:00+07:00"


@pytest.mark.parametrize(
    "date", ["Tue, 32 Nov 2023 07:11:00 GMT", "hôm qua", "Mon, 01 Jan 2125 00:00:00 GMT", "-", ""]
)
def test_a_date_that_cannot_be_is_unknown(date: str) -> None:
    announced = read_feed(rss(item(more=f"<pubDate>{date}</pubDate>")), URL).entries
    assert [entry.changed_at for entry in announced] == [None]


@pytest.mark.fault(57)
def test_an_address_in_the_identifier_will_do() -> None:
    feed = rss(
        "<item><guid>http://suoithu.gov.vn/bai-34.html</guid></item><item><guid>34</guid></item>"
    )
    assert [entry.url for entry in read_feed(feed, URL).entries] == [
        "http://suoithu.gov.vn/bai-34.html"
    ]


def test_addresses_that_are_none_of_the_web_are_left_out() -> None:
    feed = rss(item("javascript:alert(1)") + item("file:///etc/passwd") + item("/bai"))
    assert [entry.url for entry in read_feed(feed, URL).entries] == ["http://suoithu.gov.vn/bai"]


@pytest.mark.fault(57)
def test_what_stands_before_a_fault_is_kept_and_the_fault_is_told() -> None:
    feed = read_feed(rss(item("/bai-34.html") + item("/bai-35.html"))[:-45], URL)
    assert [entry.url for entry in feed.entries] == ["http://suoithu.gov.vn/bai-34.html"]
    assert feed.problem == "broken"


@pytest.mark.fault(57)
def test_html_entities_do_not_break_a_feed() -> None:
    feed = read_feed(rss(item(more="<description>H&ograve;a&nbsp;b&igrave;nh</description>")), URL)
    assert len(feed.entries) == 1


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]>"""
LEAK = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.fault(56)
@pytest.mark.parametrize("prolog", [BOMB, LEAK])
def test_entities_are_refused_and_reported(prolog: str) -> None:
    assert read_feed(rss(item("&c;"), prolog), URL) == Feed(problem="entities")
    utf16 = prolog.replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16")
    assert read_feed(utf16, URL) == Feed(problem="entities")


@pytest.mark.fault(26)
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<!DOCTYPE html><html><body>RSS</body></html>", "html"),
        (b"\xef\xbb\xbf\r\n<html lang='vi'><head></head></html>", "html"),
        (b"", "broken"),
        (b"\x00\x01\x02", "broken"),
        (b'{"a": 1}', "broken"),
        (rss(""), "empty"),
    ],
)
def test_what_is_no_feed_is_told(body: bytes, problem: str) -> None:
    assert read_feed(body, URL) == Feed(problem=problem)


@pytest.mark.fault(57)
def test_a_wrong_content_declaration_is_no_problem() -> None:
    body = rss(item(), '<?xml version="1.0" encoding="iso-8859-1"?>')
    assert len(read_feed(body, URL).entries) == 1


@given(st.binary(max_size=400))
@settings(max_examples=100)
def test_no_bytes_make_it_raise(noise: bytes) -> None:
    read_feed(noise, URL)
    read_feed(rss(item())[:120] + noise, URL)
