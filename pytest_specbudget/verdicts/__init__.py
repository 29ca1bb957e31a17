"""Closes the books of a run: what it is held to, judged, into a report."""
