"""Processes that a script starts itself (`mp.spawn`), recorded as ranks."""
