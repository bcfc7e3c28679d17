"""Which records may have changed between two places, and whether somebody can have been told of one."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from xinheng.opendata.domain import Cursor
from xinheng.publicity.selectors import DisplayLaw, decide, display_ends
from xinheng.records.models import CurrentRecord, RecordVersion
from xinheng.records.selectors import SEALED


def candidates(*, after: Cursor, until: Cursor, law: DisplayLaw) -> QuerySet[CurrentRecord]:
    """Return the records that may be told otherwise at ``until`` than at ``after``, in the order of their newest version.

    Some of them may not have changed at all; none that has is missing. Published since, a display that ended or began by the
    passing of days, a dispute that ran out, an organisation that the register changed; everything of an item whose law begins
    between the two days.
    """
    changed = Q(seq__gt=after.seq)
    if after.day != until.day:
        begun = _items_with_new_law(law, after.day, until.day)
        changed |= (
            Q(display_end__gt=after.day, display_end__lte=until.day)
            | Q(disputed_until__gte=after.day, disputed_until__lt=until.day)
            | Q(decision_date__gt=after.day, decision_date__lte=until.day)
            | Q(item_id__in=sorted(begun))
        )
    if after.register != until.register:
        changed |= Q(subject__last_import_id__gt=after.register)
        changed |= Q(subject__merged_into__last_import_id__gt=after.register)
    only_new = after.day == until.day and after.register == until.register
    first = max(after.seq, until.told) if only_new else until.told
    records = display_ends(on_date=until.day, law=law).filter(changed, seq__gt=first, seq__lte=until.seq)
    return records.select_related("subject__merged_into").order_by("seq")


def _items_with_new_law(law: DisplayLaw, after: date, until: date) -> set[str]:
    """Return the items with a rule or regime whose first day in force lies after ``after`` and not after ``until``."""
    book = law.book
    begun = {rule.item_id for rule in book.display_rules if after < rule.in_force <= until}
    for regime in book.regimes:
        if after < regime.in_force <= until:
            begun.update(regime.item_ids)
    return begun


def versions_of(record_ids: Iterable[UUID]) -> dict[UUID, list[RecordVersion]]:
    """Return every version of some records, oldest first, with their subjects. One query."""
    found: dict[UUID, list[RecordVersion]] = {}
    versions = RecordVersion.objects.filter(record_id__in=list(record_ids)).select_related("subject__merged_into")
    for version in versions.defer(*SEALED).order_by("version_no"):
        found.setdefault(version.record_id, []).append(version)
    return found


def may_have_been_told(*, versions: Sequence[RecordVersion], after: Cursor, on_date: date, law: DisplayLaw) -> bool:
    """Return whether a record can be with somebody who read through ``after`` or further.

    Only then may its end be told: of a record that was never on display the feed says nothing, not even that it exists.
    """
    known = [number for number, version in enumerate(versions) if version.seq <= after.seq]
    return any(_was_shown(version, after, on_date, law) for version in versions[known[-1] if known else 0 :])


def _was_shown(version: RecordVersion, after: Cursor, on_date: date, law: DisplayLaw) -> bool:
    if version.item_id in law.adverse_items and _was_sole_traders(version, after):
        return False
    # If it was shown on any day since, then on the first of them, or on the day of its decision.
    day = min(max(after.day, version.decision_date), on_date)
    return decide(record=version, on_date=day, law=law).shown


def _was_sole_traders(version: RecordVersion, after: Cursor) -> bool:
    """Return whether the record was a sole trader's all the time: by the report, or by a register that says so since."""
    if version.is_sole_trader:
        return True
    subject = version.subject
    holders = [subject, *([subject.merged_into] if subject.merged_into is not None else [])]
    if any((holder.last_import_id or 0) > after.register for holder in holders):
        return False
    return any(holder.is_sole_trader for holder in holders)
