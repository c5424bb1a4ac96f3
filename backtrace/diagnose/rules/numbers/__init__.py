"""Numbers that are too large, too small or not finite."""
