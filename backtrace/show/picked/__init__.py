"""Rows of a trace that are picked by their numbers: `show --where 'ratio > 1' --sort ratio`."""
