"""Extract archived pages again with the present rules, and learn boilerplate from them."""
