"""The version of this package, which traces and reports tell."""

__version__ = "0.1.0"
