"""The checks on a Spark cluster."""
