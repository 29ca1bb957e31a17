"""What is secret in a text: by the name before it, by its shape, by its entropy."""
