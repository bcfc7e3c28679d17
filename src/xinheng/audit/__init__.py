"""The event log and the trail (事件日志、操作记录): who did and who read what, when, what for; append-only."""
