"""Kills, crashes: what a deployment meets in years, in minutes. Marked ``unbreakable``, not part of the quick suite."""
