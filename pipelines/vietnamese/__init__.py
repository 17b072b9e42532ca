"""What the language knows, as data: headings, names, papers, captions."""
