"""Notices (通知): who is told that something of theirs moved, in the workbench, by e-mail, by SMS."""
