"""What the user's source says without being run: lines that do not do what they are written for."""
