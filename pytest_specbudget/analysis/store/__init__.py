"""A history: months of usage in one folder, a Parquet file a day, each call once."""
