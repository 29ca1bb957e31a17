"""Fails a pytest run that spends more on LLM calls than its SPEC may cost, and says why."""
