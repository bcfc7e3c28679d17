"""Measurements against named peers and a physical limit, as ratios in one run; see bench/README.md."""
