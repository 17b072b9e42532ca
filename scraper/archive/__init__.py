"""The archive: every HTTP response as received, in standard WARC files."""
