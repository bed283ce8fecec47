"""Where questions come from beside the room, and where answers go back to."""
