"""Watch the HTTP clients that are installed; observe, never disturb."""
