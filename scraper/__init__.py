"""The application around Scrapy: command line, configuration, store, archive, browsing."""
