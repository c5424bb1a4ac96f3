"""A running loop becomes events."""
