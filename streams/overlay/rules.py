"""How long the strip stays, and how it may be told to come and go."""

from enum import StrEnum

# 0: for as long as the question is on air.
AUTO_HIDE_S = (0, 15, 30, 60, 120)


class Order(StrEnum):
    SHOW = "show"
    HIDE = "hide"
    TOGGLE = "toggle"


def hidden_after(order: Order, *, is_hidden: bool) -> bool:
    """Whether the strip is hidden once `order` is carried out."""
    if order is Order.TOGGLE:
        return not is_hidden
    return order is Order.HIDE
