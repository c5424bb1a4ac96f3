"""What a loss is given to be reached: labels, classes, padding."""
