"""Public pages: they combine the contexts below and own no tables."""
