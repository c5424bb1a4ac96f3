"""The explorable pages of lessons: trained beforehand, and moved by hand in a browser."""
