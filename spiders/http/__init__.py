"""HTTP: name resolution, headers, decompression, robots.txt and the pauses of each host."""
