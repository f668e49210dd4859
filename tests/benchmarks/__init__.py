"""Measurements taken by hand: ``python -m tests.benchmarks``; never part of the tests."""
