"""How a checkout becomes one installed package; nothing of this room is installed itself."""
