"""What the studio's screen counts with."""

# A decision may be taken back from the studio for so long; later the desk reopens with a reason.
UNDO_FOR_S = 15 * 60
