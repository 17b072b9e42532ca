"""Three made-up local portals, served on 127.0.0.1, with the truth of every article beside them."""
