"""Names the first call that went wrong: rules over the facts of a trace, one file per rule."""
