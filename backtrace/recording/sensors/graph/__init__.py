"""What a backward is about to walk, and what its losses were made of."""
