"""YAML becomes validated config objects, or every mistake at once; no torch here."""
