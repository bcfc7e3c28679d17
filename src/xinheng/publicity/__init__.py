"""Publicity (公示): the right to display, decided at read time, and the one public view that every door reads."""
