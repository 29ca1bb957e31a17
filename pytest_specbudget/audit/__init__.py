"""Ledgers held against other ledgers: what got dearer, why, and whether that was accepted."""
