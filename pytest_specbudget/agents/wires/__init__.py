"""The wire formats in which models are asked: pure, a request out of a question and back."""
