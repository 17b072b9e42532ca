"""`scrapy fetch`."""

from scrapy.commands import fetch

from scraper.scrapy_commands.single_page import SinglePage


class Command(SinglePage, fetch.Command):
    """Scrapy's own, for one page."""
