"""Finding: links, lists and their paging, feeds, sitemaps, and what an address leads to."""
