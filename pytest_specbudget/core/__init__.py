"""What things are: values only, the standard library only."""
