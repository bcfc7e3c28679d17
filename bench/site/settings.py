"""The site's own settings with the bench's page."""

from pathlib import Path

from xinheng.config.settings import *  # noqa: F403 - settings are star-imported by design
from xinheng.config.settings import TEMPLATES

ROOT_URLCONF = "bench.site.urls"
TEMPLATES[0]["DIRS"] = [Path(__file__).parent / "templates"]
