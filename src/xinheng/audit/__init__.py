"""The event log (事件日志): who did what, when; append-only."""
