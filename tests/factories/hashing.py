"""Argon2 with the least work, so that accounts are cheap in tests."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The real hasher, one pass over little memory."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
