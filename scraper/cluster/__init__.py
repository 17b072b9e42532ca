"""Reprocessing on many machines, whose results are Parquet files in a shared folder."""
