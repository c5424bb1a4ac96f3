"""Recurrent states, positions and masks."""
