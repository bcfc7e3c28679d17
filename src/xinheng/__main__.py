"""``python -m xinheng``: the same as the command ``xinheng``."""

from xinheng.config.cli import main

main()
