"""The WSGI application (granian, gunicorn)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from xinheng.adapters.database import statements_bounded
from xinheng.adapters.reach import NOTHING, process_begins_with

application = get_wsgi_application()
process_begins_with(NOTHING)
statements_bounded(seconds=settings.XINHENG_STATEMENT_SECONDS)
