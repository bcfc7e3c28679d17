"""``python -m tests.fuzz seeds`` writes the corpus anew; ``… replay FILE`` or ``… mutant NUMBER`` judges one case and says what came of it."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()


def main(arguments: list[str]) -> None:
    """Do what the first argument says."""
    if arguments[:1] == ["seeds"]:
        from tests.fuzz import seeds

        seeds.write()
        return
    raise SystemExit(__doc__)


main(sys.argv[1:])
