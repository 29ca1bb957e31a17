"""Ledgers on disk: append-only JSON lines."""
