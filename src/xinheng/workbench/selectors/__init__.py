"""What the pages of the workbench are made of."""
