"""Recordings looked at without replaying them: read, priced, listed, checked, moved over."""
