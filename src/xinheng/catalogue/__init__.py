"""The law as data: loads, checks and serves the catalogue (目录) as typed, dated objects."""
