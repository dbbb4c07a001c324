"""Sums as people write and say them. Nothing is given to Python to evaluate."""
