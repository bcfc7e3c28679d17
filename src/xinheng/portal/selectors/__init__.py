"""What the pages show, put together from the contexts below."""
