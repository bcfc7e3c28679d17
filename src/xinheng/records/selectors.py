"""Reading records as they are, for those who work with them; what the public may see is ``publicity``'s to say."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from xinheng.adapters.database import prepared_rows
from xinheng.kernel.text import document_no_key, text_after
from xinheng.records.errors import DocumentNumberAmbiguous, RecordNotFound
from xinheng.records.models import CurrentRecord, PublicationCounter, RecordVersion, ReportSource

_NAMED_AT_MOST = 5


def known_latest() -> int:
    """Return the newest publication number, 0 before the first."""
    return PublicationCounter.objects.values_list("last", flat=True).get(pk=1)


def records_current() -> QuerySet[CurrentRecord]:
    """Return every record in its newest version, in the order of publication."""
    return CurrentRecord.objects.order_by("seq")


SEALED: Final = ("key_id", "sealed", "person_digest")
"""Columns of a record that the public doors never read; their database role may not (``adapters.postgres.roles``)."""


def records_unsealed() -> QuerySet[CurrentRecord]:
    """Return every record as :func:`records_current`, without what is sealed about persons: for whatever the public is told."""
    return records_current().defer(*SEALED)


def records_as_of(*, valid: date, known: int) -> QuerySet[RecordVersion]:
    """Return the versions newest at publication number ``known`` (inclusive) of records valid on the day ``valid``.

    Withdrawn records were never validly reported and are left out; so are those outside their time of validity (a
    licence after its last day, a decision from its revocation on). ``records.domain.fold`` is the definition.
    """
    replaced = RecordVersion.objects.filter(supersedes=OuterRef("seq"), seq__lte=known)
    return RecordVersion.objects.filter(
        ~Exists(replaced),
        Q(effective_until=None) | Q(effective_until__gt=valid),
        seq__lte=known,
        withdrawn=False,
        effective_from__lte=valid,
    ).order_by("seq")


def versions_since(*, cursor: int, until: int | None = None, item_ids: Sequence[str] | None = None) -> QuerySet[RecordVersion]:
    """Return the versions after publication number ``cursor`` (exclusive) through ``until`` (inclusive), in order."""
    versions = RecordVersion.objects.filter(seq__gt=cursor)
    if until is not None:
        versions = versions.filter(seq__lte=until)
    if item_ids is not None:
        versions = versions.filter(item_id__in=item_ids)
    return versions.order_by("seq")


def record_history(*, record_id: UUID) -> QuerySet[RecordVersion]:
    """Return every version of one record, oldest first; empty if there is no such record."""
    return RecordVersion.objects.filter(record_id=record_id).order_by("version_no")


def versions_of(*, record_ids: Sequence[UUID], events: Sequence[str]) -> QuerySet[RecordVersion]:
    """Return the versions of some records that certain events made, in the order of publication."""
    return RecordVersion.objects.filter(record_id__in=list(record_ids), event__in=list(events)).order_by("seq")


def records_of_submission(*, submission_id: str) -> QuerySet[CurrentRecord]:
    """Return the records whose newest content came with one submission."""
    return CurrentRecord.objects.filter(submission_id=submission_id).order_by("row_no", "record_id")


def records_by_document(
    *,
    document_no: str,
    organ_code: str | None = None,
    item_ids: Sequence[str] | None = None,
    subject_id: int | None = None,
) -> QuerySet[CurrentRecord]:
    """Return the records of one document number, compared in its normal form."""
    records = CurrentRecord.objects.filter(document_no_key=document_no_key(document_no))
    if organ_code is not None:
        records = records.filter(organ_code=organ_code)
    if item_ids is not None:
        records = records.filter(item_id__in=item_ids)
    if subject_id is not None:
        records = records.filter(subject_id=subject_id)
    return records.order_by("-decision_date", "record_id")


_BY_BEGINNING = """
SELECT record_id FROM records_currentrecord
WHERE document_no_key >= %(key)s AND document_no_key < %(key_end)s ORDER BY document_no_key LIMIT %(limit)s
"""


def record_ids_by_beginning(*, document_no: str, limit: int) -> tuple[UUID, ...]:
    """Return the first records, in the order of their numbers, whose document number is or begins with ``document_no``.

    Compared in the normal form, read from one index: never more than ``limit`` rows. No number begins with nothing.
    """
    key = document_no_key(document_no)
    if not key:
        return ()
    rows = prepared_rows(_BY_BEGINNING, {"key": key, "key_end": text_after(key), "limit": limit})
    return tuple(record_id for (record_id,) in rows)


_NEVER_REPORTED = """
SELECT asked.subject_id FROM unnest(%(subjects)s::bigint[]) AS asked (subject_id)
WHERE NOT EXISTS (
    SELECT 1 FROM records_currentrecord AS known
    WHERE known.subject_id = asked.subject_id AND known.item_id = %(item)s AND known.organ_code = ANY(%(organs)s::text[])
)
"""


def subjects_never_reported(*, subject_ids: Sequence[int], item_id: str, organ_codes: Sequence[str]) -> frozenset[int]:
    """Return which of the subjects have no record of this item by any of these organs, withdrawn ones counted."""
    parameters = {"subjects": list(subject_ids), "item": item_id, "organs": list(organ_codes)}
    return frozenset(subject_id for (subject_id,) in prepared_rows(_NEVER_REPORTED, parameters))


_STANDING = """
SELECT document_no_key, organ_code, withdrawn, revoked_date, delisted_date FROM records_currentrecord
WHERE item_id = %(item)s AND document_no_key = ANY(%(keys)s::text[])
"""


def documents_standing(*, item_id: str, document_no_keys: Sequence[str]) -> dict[tuple[str, str], str]:
    """Return which numbers have a record of this item, by number and deciding organ: how it ended in words, or ``""``.

    Of several records of one number one that ended is told before one that stands.
    """
    parameters = {"item": item_id, "keys": list(document_no_keys)}
    found: dict[tuple[str, str], str] = {}
    for key, organ, withdrawn, revoked, delisted in prepared_rows(_STANDING, parameters):
        ends = (
            (withdrawn, "库中记录已撤回"),
            (revoked, f"原决定{revoked}被变更或撤销"),
            (delisted, f"{delisted}已移出名单"),
        )
        end = next((words for is_so, words in ends if is_so), "")
        found[key, organ] = found.get((key, organ)) or end
    return found


def record_find(*, text: str) -> CurrentRecord:
    """Return the one record that a person names by its number or by its document number.

    Raises:
        RecordNotFound: neither is known.
        DocumentNumberAmbiguous: several records have the document number.
    """
    try:
        found = list(CurrentRecord.objects.filter(record_id=UUID(text.strip())))
    except ValueError:
        found = list(records_by_document(document_no=text)[: _NAMED_AT_MOST + 1])
    if not found:
        raise RecordNotFound(record=text)
    if len(found) > 1:
        named = "、".join(str(record.record_id) for record in found[:_NAMED_AT_MOST])
        raise DocumentNumberAmbiguous(document_no=text, count=len(found), records=named)
    return found[0]


def source_of(*, submission_ids: Sequence[str]) -> dict[str, ReportSource]:
    """Return the files behind submissions, by submission: hash, rule-set version, column letters."""
    return ReportSource.objects.in_bulk(list(submission_ids))


def current_differences() -> int:
    """Return in how many records the projection differs from the newest versions; 0 is right."""
    names = [field.attname for field in CurrentRecord._meta.concrete_fields]  # noqa: SLF001 - Django's documented API
    newer = RecordVersion.objects.filter(supersedes=OuterRef("seq"))
    newest = RecordVersion.objects.filter(~Exists(newer)).values_list(*names)
    current = CurrentRecord.objects.values_list(*names)
    return current.difference(newest).count() + newest.difference(current).count()
