"""The one SQLite file: its schema, and every statement that reads or writes it."""
