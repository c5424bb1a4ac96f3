"""Runs side by side: which, where they part, and what it comes to."""
