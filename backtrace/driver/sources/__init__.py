"""Where events come from: one file a kind of source, each with a `play` that feeds the driver."""
