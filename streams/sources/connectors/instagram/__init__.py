"""Instagram Live: comments by webhook, looked after by a poll; one private message back for each."""
