"""`scrapy crawl portal`: the run that `tinhuyen crawl` makes."""

from __future__ import annotations

from argparse import Namespace

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from scraper.command_line import main
from spiders.portal import PortalSpider


class Command(crawl.Command):
    """Crawls with the lock, the database and the archive of the user's configuration."""

    requires_crawler_process = False

    def syntax(self) -> str:
        """Name the one spider, and what can be asked of it."""
        return "portal [-a sources=SLUG,SLUG] [-a NAME=VALUE, as an option of `tinhuyen crawl`]"

    def run(self, args: list[str], opts: Namespace) -> None:
        """Run `tinhuyen crawl` with the arguments of the spider as its options."""
        if args != [PortalSpider.name]:
            raise UsageError(f"name the spider `{PortalSpider.name}`: this project has no other")
        if opts.set or opts.output or opts.overwrite_output:
            raise UsageError(
                "a run takes its settings from settings.py and tinhuyen.toml, and stores in its "
                "database: leave out -s, -o and -O, and use `tinhuyen export` afterwards"
            )
        main(["crawl", *options(opts.spargs)])


def options(arguments: dict[str, str]) -> list[str]:
    """The arguments of a spider as `tinhuyen crawl` takes them."""
    given = dict(arguments)
    slugs = given.pop("sources", "").replace(",", " ").split()
    flags = ["--full"] if given.pop("full", "") not in ("", "0", "false", "no") else []
    return [
        *flags,
        *(f"--{name.replace('_', '-')}={value}" for name, value in given.items()),
        *slugs,
    ]
