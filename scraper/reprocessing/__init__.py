"""Reading again what is kept: the archive by the rules of today, boilerplate learned from it."""
