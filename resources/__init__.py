"""Data a clerk or county can change without a programmer."""
