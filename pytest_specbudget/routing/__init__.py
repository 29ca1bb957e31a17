"""Which model answers: decisions as data, never a call.

table = load(text, "routing.toml")      a routing table: tiers, commands, models
decide(table, "plan")                   the plan of a command, and why
"""
