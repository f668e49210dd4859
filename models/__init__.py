"""What the ledger holds, and the rules that stay true when nobody uses the program."""
