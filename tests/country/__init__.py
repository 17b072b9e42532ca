"""A simulated country: provinces with their portals, papers and communes, served on 127.0.0.1."""
