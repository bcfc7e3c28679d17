"""Addresses below ``/log/``, as C2SP tlog-tiles has them."""

from django.urls import path

from xinheng.tlog import views

app_name = "tlog"

urlpatterns = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("key", views.key, name="key"),
    path("verify_log.py", views.verifier, name="verifier"),
    path("tile/<path:place>", views.tile, name="tile"),
]
