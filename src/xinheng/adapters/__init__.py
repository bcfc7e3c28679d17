"""Thin edges to the outside: database server, clock, storage, crypto, batch engine."""
