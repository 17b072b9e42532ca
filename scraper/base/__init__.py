"""What every room stands on: the clock, errors, locks, files, URLs and the model of a source."""
