"""`tinhuyen clean`: one article that is plain text already."""

from __future__ import annotations

import click

from scraper.commands.arguments import Verb, read_input
from scraper.commands.output import article_text
from scraper.commands.session import Session


@click.command("clean", cls=Verb)
@click.argument("text", metavar="FILE|-")
@click.option("--url", help="The article's address.")
@click.pass_obj
def command(session: Session, text: str, url: str | None) -> int:
    """Clean one article that is plain text already: boilerplate, captions, byline, end mark.

    The lede stays the first paragraph of the body: in plain text nothing marks it.

    \b
    Examples:
      tinhuyen clean article.txt --json
      pdftotext notice.pdf - | tinhuyen clean -
    """
    from pipelines.extraction.html.decode import decode
    from pipelines.extraction.plain_text import clean

    article = clean(decode(read_input(text)).text, url)
    session.show(article.as_json(), article_text(article))
    if article.paragraphs:
        return 0
    session.show_error(f"{text}: no article in this text", "no_article", 3)
    return 3
