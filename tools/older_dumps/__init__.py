"""Dumps of what earlier trees of this project stored, for the test that migrates them to today (see ``make.py``)."""
