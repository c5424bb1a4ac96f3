"""The history of a number: which calls wrote it, out of what, read from the events of a run."""
