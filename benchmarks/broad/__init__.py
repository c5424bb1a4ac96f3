"""What benchmarks/breadth.py trains, and how it judges what came of it."""
