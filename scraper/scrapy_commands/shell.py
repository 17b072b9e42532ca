"""`scrapy shell`."""

from scrapy.commands import shell

from scraper.scrapy_commands.single_page import SinglePage


class Command(SinglePage, shell.Command):
    """Scrapy's own, for one page."""
