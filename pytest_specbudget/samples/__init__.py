"""Claims from samples: what a few runs can tell of all runs, and how sure that is."""
