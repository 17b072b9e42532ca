"""Citations in RIS and BibTeX, whatever a site puts into its texts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.browse.citation import Citation, bibtex, citation_of, ris
from scraper.browse.language import Translator

VIETNAMESE, ENGLISH = Translator("vi"), Translator("en")
HERE = "http://127.0.0.1:8001/articles/7"
SOURCE = {"name": "Cổng thông tin Vân Lĩnh", "level": "district"}
ARTICLE: dict[str, Any] = {
    "id": 7,
    "title": "Được mùa cam",
    "author": "Lê Quân, Hải Yến",
    "published_at": "2026-11-21T23:30:00+07:00",
    "changed_at": "2026-11-22T19:00:00Z",
    "first_seen_at": "2026-11-22T19:00:00Z",
    "url": "http://huyen.localhost/cam.html",
    "language": "vi",
}
NASTY = 'a}\n  url = {x},\r\nER  - \r\nTY  - BOOK\x00\u2028@article{k,\\input{f}"%$_#&~^{'


def cited(**fields: Any) -> Citation:
    return citation_of(ARTICLE | fields, SOURCE, HERE)


def ris_fields(text: str) -> list[tuple[str, str]]:
    """The fields of one record, by the rule that a reader of RIS has."""
    lines = re.split(r"\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]", text.removesuffix("\r\n"))
    fields = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line) for line in lines]
    assert all(fields), lines
    return [(field[1], field[2]) for field in fields if field]


def bibtex_fields(text: str) -> dict[str, str]:
    """The fields of one entry, by the rule of BibTeX: every brace counts, and nothing else."""
    head = re.match(r"@(\w+)\{([\w-]+),\s*", text)
    assert head
    fields, rest = {}, text[head.end() :]
    while field := re.match(r"([a-z]+) = \{", rest):
        depth, end = 1, field.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[end], 0)
            end += 1
        fields[field[1]] = rest[field.end() : end - 1]
        rest = rest[end:].removeprefix(",").lstrip()
    assert rest == "}\n"
    return fields


def test_a_record_has_every_fact() -> None:
    assert ris_fields(ris(cited(), VIETNAMESE)) == [
        ("TY", "ELEC"),
        ("ID", "tinhuyen-7"),
        ("AU", "Lê Quân"),
        ("AU", "Hải Yến"),
        ("TI", "Được mùa cam"),
        ("T2", "Cổng thông tin Vân Lĩnh"),
        ("PY", "2026"),
        ("DA", "2026/11/21/"),
        ("UR", "http://huyen.localhost/cam.html"),
        ("Y2", "2026/11/23/"),
        ("N1", f"Bản lưu: {HERE}"),
        ("LA", "vi"),
        ("ER", ""),
    ]


def test_an_entry_has_every_fact() -> None:
    assert bibtex_fields(bibtex(cited(), ENGLISH)) == {
        "author": "{Lê Quân} and {Hải Yến}",
        "title": "{Được mùa cam}",
        "organization": "{Cổng thông tin Vân Lĩnh}",
        "date": "2026-11-21",
        "year": "2026",
        "url": "http://huyen.localhost/cam.html",
        "urldate": "2026-11-23",
        "note": f"Archived at: {HERE}",
        "langid": "vietnamese",
    }


def test_a_newspaper_is_cited_as_one() -> None:
    of_paper = citation_of(ARTICLE, SOURCE | {"level": "newspaper"}, HERE)
    assert ris_fields(ris(of_paper, VIETNAMESE))[0] == ("TY", "NEWS")


def test_what_is_unknown_is_left_out() -> None:
    bare = cited(author=None, published_at=None, url=None, title=None, language=None)
    assert [tag for tag, _ in ris_fields(ris(bare, VIETNAMESE))] == [
        *("TY", "ID", "TI", "T2", "UR", "Y2", "N1", "ER")
    ]
    fields = bibtex_fields(bibtex(bare, ENGLISH))
    assert fields.keys() == {"title", "organization", "url", "urldate", "note"}
    assert fields["url"] == HERE
    assert bare.sentence(ENGLISH) == (
        f"“(untitled)”, Cổng thông tin Vân Lĩnh (kept 02:00, 23 Nov 2026: {HERE})."
    )


def test_an_unreadable_date_is_left_out() -> None:
    text = ris(cited(published_at="hôm qua"), VIETNAMESE)
    assert {"PY", "DA"}.isdisjoint(tag for tag, _ in ris_fields(text))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/tin.html", ""])
def test_only_addresses_of_the_web_are_cited(url: str) -> None:
    assert cited(url=url).url is None


def test_names_stay_in_nfc() -> None:
    apart = unicodedata.normalize("NFD", "Nguyễn Thị Huyền")
    for text in (ris(cited(author=apart), VIETNAMESE), bibtex(cited(author=apart), VIETNAMESE)):
        assert unicodedata.is_normalized("NFC", text)
        assert "Nguyễn Thị Huyền" in text


def test_an_edited_article_was_kept_when_it_changed() -> None:
    assert cited(first_seen_at="2026-01-01T00:00:00Z").kept_at == "2026-11-22T19:00:00Z"


@given(st.text(max_size=80) | st.just(NASTY))
def test_no_text_ends_a_field_or_begins_another(text: str) -> None:
    address = f"http://huyen.localhost/{text}"
    nasty = cited(title=text, author=text, url=address, language=text)
    nasty = replace(nasty, site=cited(title=text).title)
    tags = [tag for tag, _ in ris_fields(ris(nasty, VIETNAMESE))]
    assert (tags.count("TY"), tags.count("ER"), tags.count("TI"), tags[-1]) == (1, 1, 1, "ER")
    fields = bibtex_fields(bibtex(nasty, VIETNAMESE))
    assert fields["date"] == "2026-11-21"
    assert "@" not in fields["url"].replace("@", "", address.count("@"))
    assert not re.search(r"(?<!\\)[%$#_]", fields["title"])


def test_what_tex_understands_is_written_so_that_it_prints() -> None:
    fields = bibtex_fields(bibtex(cited(title=r"5% & \x {y} a_b #1 $2 ~^"), ENGLISH))
    assert fields["title"] == (
        r"{5\% \& \textbackslash{}x \textbraceleft{}y\textbraceright{} a\_b \#1 \$2"
        r" \textasciitilde{}\textasciicircum{}}"
    )
