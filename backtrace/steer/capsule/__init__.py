"""Runs a kept update again: puts what it started from, and what came in, into a running loop."""
