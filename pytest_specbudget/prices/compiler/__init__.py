"""Compiling the catalogue; nothing here runs while tests run."""
