"""Batches: how they are loaded, shuffled, split and prepared."""
