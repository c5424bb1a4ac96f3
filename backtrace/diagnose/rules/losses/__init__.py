"""What goes backward: its parts, their signs, weights and sums."""
