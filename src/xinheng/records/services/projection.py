"""The projection of current records: rebuilt from the versions when in doubt."""

from django.db import connection, transaction


@transaction.atomic
def current_rebuild() -> int:
    """Make every current record anew from the versions and return how many there are; publication waits meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_current_rebuild()")
        count: int = cursor.fetchone()[0]
    return count
