"""Formats of dates that Django lacks, by language."""
