"""The site's addresses and the plainest page in its frame."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from xinheng.config import urls as site
from xinheng.portal.views.frame import page


def plain(request: HttpRequest) -> HttpResponse:
    """Ask the database for 1 and say so in the site's frame."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        found = cursor.fetchone()
    return page(request, "bench_plain.html", {"found": found})


urlpatterns = [path("bench/plain/", plain), *site.urlpatterns]
handler404 = site.handler404
handler500 = site.handler500
