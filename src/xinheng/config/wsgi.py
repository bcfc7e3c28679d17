"""The WSGI application (granian, gunicorn)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from xinheng.adapters.database import statements_bounded

application = get_wsgi_application()
statements_bounded(seconds=settings.XINHENG_STATEMENT_SECONDS)
