"""What the language knows: its words as data, and the modules that read dates, names and lines."""
