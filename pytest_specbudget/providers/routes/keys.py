"""Keys of request bodies that several tables name; of each tuple, one must be there."""

from __future__ import annotations

__all__ = ["INPUT", "INPUTS", "LIMIT", "MESSAGES", "MODEL", "MODEL_ID", "PROMPT"]

MODEL, MODEL_ID = ("model",), ("model_id", "model")
MESSAGES, PROMPT, INPUT, INPUTS = ("messages",), ("prompt",), ("input",), ("inputs",)
LIMIT = ("max_tokens",)
