"""The WSGI application (granian, gunicorn)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.config.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
