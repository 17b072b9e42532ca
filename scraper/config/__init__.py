"""Configuration: ``tinhuyen.toml``, ``sources.toml`` and the shipped registry of sources."""
