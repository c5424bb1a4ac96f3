"""Slips of scripts that learn from rewards: returns, values, ends of episodes."""
