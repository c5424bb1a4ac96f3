"""Runs a target under the instrument, and hands what happens to views."""
