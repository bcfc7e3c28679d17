"""Submissions: receive, read, check, match, certify and publish what the departments send (归集)."""
