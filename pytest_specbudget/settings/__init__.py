"""All that a user can set, read once; each value remembers where it came from."""
