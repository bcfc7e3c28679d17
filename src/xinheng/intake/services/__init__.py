"""What intake does (归集): receive, read, check, match, submit, certify, publish, return, withdraw, decide doubts."""
