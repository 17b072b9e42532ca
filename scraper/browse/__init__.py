"""The web interface: Datasette with pages of its own for Vietnamese news."""
