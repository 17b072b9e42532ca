"""Read the HTML of a page in one pass: from bytes to text blocks and metadata."""
