"""The graph of a backward that a running program makes: kept, walked by hand, told as links."""
