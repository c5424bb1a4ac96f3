"""Reinforcement learning: returns, advantages, ratios."""
