"""One run: what it needs to begin, the crawl process around Scrapy, and looks at single pages."""
