"""A database with watches, its configuration, and the mails and calls that its alerts send."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlite_utils import Database

from pipelines.article import Article
from scraper.base.clock import now
from scraper.base.source import Source
from scraper.config.configuration import Configuration
from scraper.config.registry import Catalogue
from scraper.monitoring.alerting import Alert, report_run
from scraper.store.articles import insert_article
from scraper.store.database import open_database, write_transaction
from scraper.store.runs import finish_run, start_run
from scraper.store.sources import sync_sources

SOURCES = {
    slug: Source(slug=slug, name=name, home_url=f"http://{slug}.localhost/", province=province)
    for slug, name, province in [
        ("huyen", "Cổng huyện Hàm Yên", "Tuyên Quang"),
        ("tinh", "Báo tỉnh", None),
    ]
}


HOSTILE = "<script>alert(1)</script> & \r\nBcc: ai@example.org"


class Place:
    """A database with two sources, and nights that put articles in."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tinhuyen.db"
        self.db: Database = open_database(self.path)
        sync_sources(self.db, SOURCES.values())

    def night(self, *titles: str, source: str = "huyen") -> list[int]:
        """A run that stores articles with these titles; returns their ids."""
        start = now()
        run = start_run(self.db, "schedule", [source], start)
        number = self.db.table("articles").count
        with write_transaction(self.db):
            rows = [
                insert_article(
                    self.db,
                    source,
                    article(title, number + place),
                    start + timedelta(seconds=place),
                )
                for place, title in enumerate(titles)
            ]
            self.db.execute(
                "UPDATE run_sources SET discovered = 1, listing = 1, names_articles = 1"
            )
        finish_run(self.db, run, "done", start)
        return rows

    def report(self, *alerts: str, **settings: object) -> Alert:
        """What `tinhuyen alert` does."""
        return report_run(self.configuration(*alerts, **settings), Catalogue(SOURCES))

    def configuration(self, *alerts: str, **settings: object) -> Configuration:
        return Configuration.model_validate({"db": self.path, "alerts": alerts, **settings})


def article(title: str, number: int, text: str = "Bà con các thôn đến dự đông đủ.") -> Article:
    return Article(
        url=f"http://huyen.localhost/{number}.html",
        title=title,
        lede="Sáng nay.",
        paragraphs=[text],
        published_at="2026-11-21T14:25:00+07:00",
    )


def mail_to(port: int, recipient: str = "nga@example.org") -> str:
    return f"mailto://127.0.0.1:{port}?from=tin@example.org&to={recipient}&mode=insecure"


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


WATCH = {"name": "Nước sạch", "words": '"nước sạch"'}
