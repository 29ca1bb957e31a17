"""A change judged by what holds where it wants to go, and not by what it says of itself."""
