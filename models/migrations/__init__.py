"""Steps from one schema to the next; each is run on a copy of the ledger by `app.ledger.migrate`."""
