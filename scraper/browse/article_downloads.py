"""One article as a file: Markdown, plain text, DOCX; its citation as RIS and BibTeX."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from scraper.browse.article_docx import docx_of
from scraper.browse.article_pictures import with_pictures
from scraper.browse.article_text import plain_text
from scraper.browse.citation import Citation, bibtex, citation_of, ris
from scraper.browse.file_types import content_disposition, safe_stem
from scraper.browse.language import Translator, chosen_language
from scraper.browse.views import absolute_address, read
from scraper.store.article_rows import read_article, read_article_times
from scraper.store.file_rows import attachments_of_article, photos_of_article
from scraper.store.sources import read_source
from scraper.transfer.links import Link, web_address
from scraper.transfer.markdown import markdown_of

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Download:
    """What is written of an article: the article, its citation, where files are, the language."""

    article: Values
    cited: Citation
    link: Link
    t: Translator


async def file(datasette: Datasette, request: Request) -> Response:
    """Return an article, or its citation, in the format that the URL ends with."""
    row_id = int(request.url_vars["id"])
    form = FORMS[request.url_vars["form"]]
    article, source = await read(datasette, lambda db: _read(db, row_id))
    if form.has_pictures:
        article = {**article, "photos": await with_pictures(datasette, article["photos"])}
    cited = citation_of(
        article, source, absolute_address(datasette, request, f"/articles/{row_id}")
    )

    def link(file: Values) -> str | None:
        if file["is_kept"]:
            return absolute_address(datasette, request, f"/-/files/{file['digest']}")
        return web_address(file)

    t = Translator(chosen_language(request.args, request.cookies))
    body = await to_thread(form.write, Download(article, cited, link, t))
    name = f"{safe_stem(article['title'] or '')}.{request.url_vars['form']}"
    headers = {"content-disposition": content_disposition("attachment", name)}
    return Response(body, 200, headers, form.kind)


def _read(db: Database, row_id: int) -> tuple[Values, Values]:
    """Return an article with its files and times, and its source."""
    try:
        article = read_article(db, row_id)
    except KeyError as error:
        raise NotFound(f"there is no article {row_id}") from error
    photos = photos_of_article(db, row_id)
    attachments = attachments_of_article(db, row_id)
    blocks = with_all_files(article["blocks"], {"photo": photos, "attachment": attachments})
    own = {"photos": photos, "attachments": attachments, "blocks": blocks}
    slug = article["source"]
    source = read_source(db, slug) or {"name": slug, "level": None}
    return article | own | read_article_times(db, row_id), source


def with_all_files(
    blocks: Sequence[dict[str, Any]], files: Mapping[str, Sequence[Any]]
) -> list[dict[str, Any]]:
    """Return blocks that name only files that there are, those without a place at the end."""
    kept = [
        block
        for block in blocks
        if block["type"] not in files or block[block["type"]] < len(files[block["type"]])
    ]
    for kind, rows in files.items():
        placed = {block[kind] for block in kept if block["type"] == kind}
        missing = [number for number in range(len(rows)) if number not in placed]
        kept += [{"type": kind, kind: number} for number in missing]
    return kept


def _markdown(it: Download) -> bytes:
    record = it.cited.record(it.t)
    added = {
        "kept_at": it.cited.kept_at,
        "kept_url": it.cited.address,
        "citation": it.cited.sentence(it.t),
    }
    return markdown_of({**it.article, **added}, it.link, record).encode(errors="replace")


def _text(it: Download) -> bytes:
    text = plain_text(it.article, it.link, it.cited.record(it.t), it.t)
    return text.encode(errors="replace")


def _docx(it: Download) -> bytes:
    return docx_of(it.article, it.link, it.cited.record(it.t), it.t)


@dataclass(frozen=True, slots=True)
class Form:
    """A format: its media type, what writes it, and whether it has the pictures of photos."""

    kind: str
    write: Callable[[Download], bytes]
    has_pictures: bool = False


FORMS = {
    "md": Form("text/markdown; charset=utf-8", _markdown),
    "txt": Form("text/plain; charset=utf-8", _text),
    "docx": Form(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _docx,
        has_pictures=True,
    ),
    "ris": Form(
        "application/x-research-info-systems; charset=utf-8",
        lambda it: ris(it.cited, it.t).encode(errors="replace"),
    ),
    "bib": Form(
        "application/x-bibtex; charset=utf-8",
        lambda it: bibtex(it.cited, it.t).encode(errors="replace"),
    ),
}
"""The formats by the end of the URL."""
