"""Traces for other programs: one file a format, and what they share."""
