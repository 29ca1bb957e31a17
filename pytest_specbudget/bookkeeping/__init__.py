"""Books each exchange, and closes the books into a report."""
