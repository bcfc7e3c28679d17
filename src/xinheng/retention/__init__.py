"""Destruction on time (到期销毁): what is over, on what ground, and the role that destroys it."""
