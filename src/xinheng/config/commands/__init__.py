"""Commands that combine contexts: database, demo, serve."""
