"""Slips in models and what is kept of them: copies, averages, freezes, checkpoints."""
