"""Data in, something to look at out."""
