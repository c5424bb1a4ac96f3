"""What becomes of parameters: frozen, tied, hidden, changed by others."""
