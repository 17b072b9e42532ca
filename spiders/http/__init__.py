"""HTTP: name resolution, headers, decompression, robots.txt and the delays of each host."""
