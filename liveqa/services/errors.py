"""What goes wrong around the servers, as one sentence for the person at the terminal."""


class ServicesError(Exception):
    """Says what is the matter and what to do about it."""


class InUse(ServicesError):
    """Another command holds the data directory."""
