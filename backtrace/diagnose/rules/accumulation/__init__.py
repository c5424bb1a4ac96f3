"""Micro-batches that are summed up before a step."""
