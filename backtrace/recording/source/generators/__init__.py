"""Slips of scripts that learn to make data: noise, divergences, judges."""
