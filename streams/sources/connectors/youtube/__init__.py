"""The chat of a YouTube broadcast, by its official API."""
