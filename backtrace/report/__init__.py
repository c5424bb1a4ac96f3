"""One self-contained page about a trace: what goes into it, and how it is put together."""
