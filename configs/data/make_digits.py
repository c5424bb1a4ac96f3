"""Writes digits.npz from scikit-learn's copy of the UCI handwritten digits.

    pip install scikit-learn && python configs/data/make_digits.py

The same file comes out each time. LICENSE-digits.txt names the source.
"""

from __future__ import annotations

from pathlib import Path

import numpy
from sklearn.datasets import load_digits


def main() -> None:
    """Write images (1797, 8, 8) from 0 to 16 and labels (1797,) from 0 to 9, as bytes."""
    digits = load_digits()
    numpy.savez_compressed(
        Path(__file__).with_name("digits.npz"),
        images=digits.images.astype(numpy.uint8),
        labels=digits.target.astype(numpy.uint8),
    )


if __name__ == "__main__":
    main()
