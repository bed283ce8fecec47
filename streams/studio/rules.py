"""What the studio's screen counts with."""

# A decision may be taken back from the studio for so long; later the desk reopens with a reason.
UNDO_FOR_S = 15 * 60


def time_code(seconds: int) -> str:
    """754 as 0:12:34."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
