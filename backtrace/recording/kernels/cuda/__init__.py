"""Readings of tensors on a CUDA device: two launches for all tensors of an event."""
