"""What earlier runs have to say to this one: what they spent, and what it would cost today."""
