"""Training and evaluation mode: dropout and batch statistics."""
