"""How gradients come to be, are cleared, clipped and lost."""
