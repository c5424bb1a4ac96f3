"""What the ranks of one run say together, which none of them can say alone."""
