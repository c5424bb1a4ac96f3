"""Correct scripts, operators that break them one line at a time, and trials of what comes of it."""
