"""The rules: one file each. What ``RULE`` and ``expression`` mean is said in ``checking.model``."""
