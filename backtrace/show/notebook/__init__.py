"""What a notebook shows of a trace, and what it can be asked there."""
