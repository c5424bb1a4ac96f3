"""Slips in how data are made ready: orders, splits, seeds, words, masks."""
