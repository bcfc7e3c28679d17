"""Mutation testing of what the law hangs on (docs/mutants.md)."""
