"""The ledger on disk: opening, writing, history, backup and checks."""
