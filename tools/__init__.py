"""Programs for those who work on the platform; nothing here is installed with it."""
