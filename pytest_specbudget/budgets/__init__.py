"""How much may be spent, by whom; budgets as gates."""
