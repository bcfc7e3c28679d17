"""Every way out of the platform, asked about the same organisations."""
