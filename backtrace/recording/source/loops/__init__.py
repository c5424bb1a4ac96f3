"""Slips in the training loop itself: steps, windows, rates, metrics, idle statements."""
