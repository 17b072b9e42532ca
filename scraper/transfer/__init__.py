"""Taking in what others saved: pages, plain texts, WARC files, and what other scrapers read."""
