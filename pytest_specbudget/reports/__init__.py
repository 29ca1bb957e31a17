"""A report rendered as text; pure, one file a format."""
