"""The report, and tables for a notebook."""
