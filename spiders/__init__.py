"""Finding and fetching: discovery, politeness and safety."""
