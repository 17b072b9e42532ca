"""The database as people see it: Datasette, at home in Vietnamese news."""
