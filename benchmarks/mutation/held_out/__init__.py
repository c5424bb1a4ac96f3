"""Operators, and scripts beside them, that whoever writes rules does not look at one by one.

Someone wrote them from public reports who had read no rule; only the causes were added after that.
"""
