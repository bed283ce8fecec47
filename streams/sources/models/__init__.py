"""Where questions come from, what came, and what went back."""

from streams.sources.models.comment import Comment, CommentEdit
from streams.sources.models.delivery import Delivery
from streams.sources.models.history import Gap, HealthChange
from streams.sources.models.reply import Reply
from streams.sources.models.source import Source

__all__ = [
    "Comment",
    "CommentEdit",
    "Delivery",
    "Gap",
    "HealthChange",
    "Reply",
    "Source",
]
