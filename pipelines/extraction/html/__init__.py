"""The markup of pages: from bytes to text blocks with their features, one pass, no language."""
