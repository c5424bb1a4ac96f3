"""Bytes as people write them: 157 MB."""

from __future__ import annotations


def megabytes(size: int) -> str:
    """Return bytes as `157 MB`, a million bytes each; small sizes in kB or bytes."""
    if size >= 10**6:
        return f"{size / 1e6:,.3g} MB" if size < 10**9 else f"{size / 1e9:,.3g} GB"
    return f"{size / 1e3:.3g} kB" if size >= 10**3 else f"{size} bytes"
