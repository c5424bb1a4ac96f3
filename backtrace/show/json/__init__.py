"""Documents and lines for programs."""
