"""A small spec-driven agent: a SPEC is planned, split into tasks, built, validated and shipped.

It talks to OpenAI, Anthropic and Google through their own SDKs, cheap models first.
"""
