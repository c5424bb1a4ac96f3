"""Readings and findings for the run that the script has open in a tracker: one file each."""
