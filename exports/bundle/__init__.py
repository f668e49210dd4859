"""The sheet bundle: the signed zip that carries a month, a receipt or another machine's changes."""
