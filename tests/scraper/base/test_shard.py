"""Which shard crawls which source: the same everywhere, and as few moves as possible."""

from __future__ import annotations

from random import Random

import pytest

from scraper.base.hosts import hosts_of
from scraper.base.shard import Shard, group_names, registry_digest, shards_of
from scraper.base.source import Source


def source(slug: str, home: str, **more: object) -> Source:
    return Source.model_validate({"slug": slug, "name": slug, "home_url": home, **more})


COMMUNES = [source(f"xa-{n}", f"https://xa-{n}.gov.vn/") for n in range(300)]


def test_the_shard_of_a_source_is_the_same_on_every_machine_and_in_every_version() -> None:
    known = [
        source("tinh", "https://www.tuyenquang.gov.vn/"),
        source("bao", "https://baotuyenquang.com.vn/"),
        source("xa", "https://xã-ví-dụ.vn/"),
        source("may", "http://127.0.0.1:8001/"),
    ]
    numbers = {slug: shard.number for slug, shard in shards_of(known, 5).items()}
    assert numbers == {"tinh": 2, "bao": 1, "xa": 2, "may": 5}
    assert registry_digest(known) == registry_digest(reversed(known)) == "4f1ea3c5"


def test_neither_the_order_nor_the_number_of_others_matters() -> None:
    whole = shards_of(COMMUNES, 3)
    chosen = Random(1).sample(COMMUNES, 40)
    assert shards_of(chosen, 3) == {one.slug: whole[one.slug] for one in chosen}
    enabled = [one.model_copy(update={"enabled": False}) for one in COMMUNES]
    assert shards_of(enabled, 3) == whole


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_with_one_shard_more_sources_move_to_the_new_one_only(count: int) -> None:
    before, after = shards_of(COMMUNES, count), shards_of(COMMUNES, count + 1)
    moved = [slug for slug in before if before[slug].number != after[slug].number]
    assert {after[slug].number for slug in moved} == {count + 1}
    share = len(COMMUNES) / (count + 1)
    assert 0.6 * share < len(moved) < 1.5 * share


@pytest.mark.parametrize(
    "linked",
    [
        {"home_url": "http://www.A.vn/khac/"},
        {"aliases": ["www.a.vn"]},
        {"filed_under": "https://a.vn/"},
        {"lists": ["https://a.vn/tin"]},
        {"feeds": ["https://a.vn/rss"]},
        {"sitemaps": ["//a.vn/sitemap.xml"]},
        {"more": [{"url": "https://a.vn/ajax?p={page}"}]},
        {"file_hosts": ["A.vn"]},
    ],
    ids=lambda linked: next(iter(linked)),
)
def test_sources_with_a_common_host_are_one_group(linked: dict[str, object]) -> None:
    first, middle = source("a", "https://a.vn/"), source("b", "https://b.vn/", aliases=["c.vn"])
    last = source("c", "https://d.vn/", file_hosts=["c.vn"])
    other = middle.model_copy(update=dict(source("b", "https://b.vn/", **linked)))
    both = Source.model_validate({**other.model_dump(), "slug": "b"})
    both = both.model_copy(update={"aliases": (*both.aliases, "c.vn")})
    names = group_names([last, source("e", "https://e.vn/"), both, first])
    assert names["a"] == names["b"] == names["c"] != names["e"]
    assert names["e"] == "e.vn"


def test_a_source_that_moves_keeps_its_group_if_it_is_filed_as_before() -> None:
    moved = source("a", "https://zz.vn/", filed_under="https://a.vn/", aliases=["0.vn"])
    assert group_names([moved]) == {"a": "a.vn"}
    assert {"zz.vn", "a.vn", "0.vn"} <= hosts_of(moved)


@pytest.mark.parametrize(
    "text", ["", "0/3", "4/3", "1/0", "1", "1/2/3", "-1/3", " 1/3", "1/3\n", "¹/3", "1/1001"]
)
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be I/N"):
        Shard.parse(text)
    assert str(Shard.parse("02/3")) == "2/3"
