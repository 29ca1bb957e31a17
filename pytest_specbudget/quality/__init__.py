"""How good answers are, and how far they agree: pure measures, thresholds and consensus."""
