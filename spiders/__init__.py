"""Crawling: the spider, its scheduler, discovery of pages, and HTTP."""
