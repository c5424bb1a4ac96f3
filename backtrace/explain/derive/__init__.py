"""The derivation of one gradient, from the loss back to the parameter, with its numbers."""
