"""Open data (开放数据): daily signed snapshots, the change feed, and what both rest on."""
