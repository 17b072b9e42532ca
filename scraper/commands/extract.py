"""`tinhuyen extract`: one page to one article."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper.base.errors import UsageError
from scraper.commands.arguments import Verb, read_input
from scraper.commands.output import article_text
from scraper.commands.session import Session

if TYPE_CHECKING:
    from pipelines.extraction import ExtractionResult
    from pipelines.items import Page


@click.command("extract", cls=Verb)
@click.argument("page", metavar="FILE|URL|-")
@click.option("--url", help="The page's own address, when it comes from a file.")
@click.option("--explain", is_flag=True, help="Show what was dropped, and by which rule.")
@click.option("--markdown", is_flag=True, help="Print Markdown with front matter.")
@click.pass_obj
def command(session: Session, page: str, url: str | None, explain: bool, markdown: bool) -> int:
    """Read one page and print its article. Exit code 3: the page is no article.

    \b
    Examples:
      tinhuyen extract page.html --url https://hamyen.tuyenquang.gov.vn/vi/news/tin-34.html
      tinhuyen extract https://baotuyenquang.com.vn/…  --json
      curl -s … | tinhuyen extract - --explain
      tinhuyen extract page.html --markdown > page.md
    """
    from pipelines.extraction import extract_page
    from scraper.transfer.markdown import markdown_of

    if markdown and (session.as_json or explain):
        raise UsageError("--markdown prints the article alone: leave out --json and --explain")
    reading = extract_page(_page(session, page, url))
    article = reading.article
    value = article.as_json() | ({"dropped": _explanation(reading)} if explain else {})
    text = markdown_of(value).rstrip() if markdown else article_text(article)
    if explain:
        text += "\n\n" + "\n".join(f"[{row['rule']}] {row['text']}" for row in value["dropped"])
    session.show(value, text)
    if article.verdict.is_article:
        return 0
    verdict = article.verdict
    session.show_error(f"no article: {verdict.outcome} ({verdict.reason})", "no_article", 3)
    return 3


def _explanation(reading: ExtractionResult) -> list[dict[str, str]]:
    return [{"rule": dropped.rule, "text": dropped.text} for dropped in reading.removed_blocks]


def _page(session: Session, name: str, url: str | None) -> Page:
    from pipelines.items import Page

    if "://" not in name:
        return Page(url=url, body=read_input(name))
    if url is not None:
        raise UsageError("--url is for pages that come from a file: leave it out")
    from scraper.crawling.fetching import fetch_page

    return fetch_page(name, session.configuration())
