"""Import of pages, texts, WARC files and JSON lines; export of articles; backups."""
