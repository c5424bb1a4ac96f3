"""Which tensors have accounts, and what their names are."""
