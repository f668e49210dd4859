"""Everything that imports the window toolkit."""
