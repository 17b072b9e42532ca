"""The archive: every page as it came, in WARC files that other tools read too."""
