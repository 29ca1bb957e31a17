"""Records priced again by an engine, as `prices.pricing.price` prices them one by one."""
