"""What providers say about usage, read as it passes; pure."""
