"""Events, and the books that they make: accounts, updates, traces."""
