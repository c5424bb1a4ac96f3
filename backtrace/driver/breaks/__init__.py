"""Stops a run where a condition holds: the conditions, who looks, and the debugger."""
