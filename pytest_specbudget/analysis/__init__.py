"""Questions over months of usage: stored, re-priced and summed up, by DuckDB in the process."""
