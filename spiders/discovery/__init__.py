"""Discovery: links, pagination, feeds, sitemaps, and classifying URLs and pages."""
