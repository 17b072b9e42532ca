"""The demo: three invented portals on 127.0.0.1, and the articles that a crawl must store."""
