"""The database as people see it: Datasette with our metadata."""
