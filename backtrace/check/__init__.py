"""Runs many targets for CI, each in a process of its own, and says which are in order."""
