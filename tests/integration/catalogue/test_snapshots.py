"""Stored snapshots of the catalogue, as the application role."""

import hashlib
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from xinheng.adapters.clock import CHINA
from xinheng.audit.models import Event
from xinheng.catalogue import services
from xinheng.catalogue.models import CatalogueSnapshot
from xinheng.catalogue.selectors import catalogue_current

NOW = datetime(2026, 11, 23, 9, tzinfo=CHINA)
LATER = datetime(2026, 11, 24, 9, tzinfo=CHINA)

pytestmark = pytest.mark.django_db


def test_each_content_is_kept_once():
    first = services.catalogue_store(now=NOW, actor="clerk-1")
    second = services.catalogue_store(now=LATER, actor="clerk-1")
    assert (first.is_new, second.is_new) == (True, False)
    assert first.hash == second.hash == catalogue_current().hash
    assert CatalogueSnapshot.objects.get().stored_at == NOW
    assert Event.objects.filter(action="catalogue.snapshot.stored").count() == 1


def test_the_kept_text_proves_its_hash():
    stored = services.catalogue_store(now=NOW)
    content = CatalogueSnapshot.objects.get(pk=stored.hash).content
    assert hashlib.sha256(content.encode()).hexdigest() == stored.hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_cataloguesnapshot SET content = ''",
        "DELETE FROM catalogue_cataloguesnapshot",
        "TRUNCATE catalogue_cataloguesnapshot",
    ],
)
def test_snapshots_are_append_only(statement):
    services.catalogue_store(now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert CatalogueSnapshot.objects.count() == 1
