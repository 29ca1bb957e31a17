"""The engines beside DuckDB: the same statements in the database where the usage already lies.

Ibis connects, SQLGlot translates; both are the extra `warehouse` and are loaded when an engine is
opened.  No statement is written here.
"""
