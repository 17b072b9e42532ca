"""`scrapy view`."""

from scrapy.commands import view

from scraper.scrapy_commands.single_page import SinglePage


class Command(SinglePage, view.Command):
    """Scrapy's own, for one page."""
