"""Looking after a deployment (运行维护): what is wrong and how to mend it, backups, restoring them."""
