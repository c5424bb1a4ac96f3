"""A config becomes torch objects: model, loss mix, optimizer, data."""
