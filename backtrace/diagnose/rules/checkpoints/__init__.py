"""What is saved, loaded, copied and restored."""
