"""Let several workers share an archive while they are killed, stopped and cut off, and count what that does to it."""
