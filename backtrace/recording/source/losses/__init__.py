"""Slips in what goes backward: signs, weights, masks, sums."""
