"""What web archives hold of a source, brought into the database as if it had been crawled then."""
