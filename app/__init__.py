"""What the program can do: use cases over the ledger, and the command line."""
