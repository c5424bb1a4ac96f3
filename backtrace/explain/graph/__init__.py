"""The autograd graph of one forward: who made each node, what it keeps, and where it ends."""
