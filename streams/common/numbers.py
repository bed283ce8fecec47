"""Whole numbers as strangers write them: those that the database can hold, and no others."""

LARGEST = 2**31 - 1
_DIGITS = len(str(LARGEST))


def read(written: str) -> int | None:
    """From 1 to LARGEST, in plain digits; None where it is anything else, however long."""
    if not (written.isascii() and written.isdigit()) or len(written) > _DIGITS:
        return None
    return number if is_one(number := int(written)) else None


def is_one(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST
