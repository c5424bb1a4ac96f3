"""Updates become something to look at: data in, text out."""
