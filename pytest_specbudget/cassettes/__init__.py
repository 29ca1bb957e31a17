"""Record once, replay for nothing (vcrpy)."""
