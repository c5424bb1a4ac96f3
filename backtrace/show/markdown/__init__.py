"""Tables for pages written in Markdown."""
