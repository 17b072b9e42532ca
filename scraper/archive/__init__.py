"""The archive: pages as received, in standard WARC files."""
