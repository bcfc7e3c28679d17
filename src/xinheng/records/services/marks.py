"""Marks: revocation, withdrawal, hold, dispute, repair, removal. Each is a version, effective when committed.

A mark that changes nothing adds no version, so that every service here may be repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from xinheng.adapters.database import constraint_of
from xinheng.audit.services import event_record
from xinheng.kernel.personal import mask_personal_numbers
from xinheng.records.domain import DATED_MARKS, TAKES_DOWN, Event
from xinheng.records.errors import DisputeEndMissing, GroundMissing, MarkNotApplicable, RecordNotFound, RecordThereAlready
from xinheng.records.models import NATURAL_KEY, CurrentRecord
from xinheng.records.services.publish import SOLE_TRADERS, publication_lock
from xinheng.tlog.services import publishing_require

_COPIED = [
    "item_id",
    "item_kind",
    "item_version",
    "catalogue_hash",
    "legal_basis",
    "basis_confidence",
    "subject_id",
    "is_sole_trader",
    "organ_code",
    "organ_name",
    "document_no",
    "document_no_key",
    "certificate_no",
    "decision_date",
    "valid_from",
    "valid_to",
    "list_type",
    "statutory_until",
    "penalty_mask",
    "fine_fen",
    "confiscated_fen",
    "on_the_spot",
    "display_from",
    "free_text_confirmed",
    "revoked_date",
    "repaired_date",
    "delisted_date",
    "withdrawn",
    "held",
    "disputed_since",
    "disputed_until",
    "fields",
    "key_id",
    "sealed",
    "person_digest",
    "submission_id",
    "sheet",
    "row_no",
    "reported_date",
    "late_workdays",
    "is_legacy",
    "content_hash",
]


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a mark sets, when it changes anything, and to which kinds of records it applies (empty: all)."""

    sets: Mapping[str, str]
    changes: str
    kinds: frozenset[str] = frozenset()


_ADVERSE_KINDS = frozenset({"PENALTY", "LIST_ENTRY"})
_DAY = "%(event_date)s"
_MARKS: Mapping[Event, _Mark] = {
    Event.REVOKED: _Mark({"revoked_date": _DAY}, "revoked_date IS NULL"),
    Event.REPAIRED: _Mark({"repaired_date": _DAY}, "repaired_date IS NULL", _ADVERSE_KINDS),
    Event.DELISTED: _Mark({"delisted_date": _DAY}, "delisted_date IS NULL", frozenset({"LIST_ENTRY"})),
    Event.WITHDRAWN: _Mark({"withdrawn": "true"}, "NOT withdrawn"),
    Event.HELD: _Mark({"held": "true"}, "NOT held"),
    Event.RELEASED: _Mark({"held": "false"}, "held"),
    Event.DISPUTED: _Mark(
        {"disputed_since": f"coalesce(disputed_since, {_DAY})", "disputed_until": "%(until)s"},
        "disputed_since IS NULL OR disputed_until < %(until)s",
    ),
    Event.DISPUTE_ENDED: _Mark({"disputed_since": "NULL::date", "disputed_until": "NULL::date"}, "disputed_since IS NOT NULL"),
    Event.SUBJECT_MOVED: _Mark(
        {"subject_id": "%(subject_id)s", "is_sole_trader": "%(is_sole_trader)s"}, "subject_id <> %(subject_id)s"
    ),
}
_TAKEN_BACK: Mapping[Event, _Mark] = {
    event: _Mark({column: "NULL::date"}, f"{column} IS NOT NULL") for event, column in DATED_MARKS.items()
}
"""What ``REINSTATED`` does, by the mark it takes back: that one and no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkResult:
    """How many records a mark changed, how many already had it, and the numbers taken (inclusive, ``None``: none)."""

    marked: int
    unchanged: int
    first_seq: int | None
    last_seq: int | None


def marks_add(
    *,
    record_ids: Sequence[UUID],
    event: Event,
    event_date: date,
    ground: str,
    actor: str,
    now: datetime,
    until: date | None = None,
    takes_back: Event | None = None,
) -> MarkResult:
    """Add one mark to many records in one transaction, and one event to the log for each changed record.

    Args:
        record_ids: the records; each must exist.
        event: a mark (not a report, not a change of subject).
        event_date: the day it takes effect in law (a revocation's own date); display stops at once in any case.
        ground: document number or reason, never empty.
        actor: who acts.
        now: the moment, aware.
        until: for a dispute, the last day by which it must be settled, inclusive.
        takes_back: for ``REINSTATED``, the mark that is cancelled (revocation, repair or removal); the others stand.

    Raises:
        RecordNotFound: one of the records does not exist.
        GroundMissing: no ground or no actor.
        MarkNotApplicable: the mark does not exist for one of the records, or there is nothing that it could take back.
        DisputeEndMissing: a dispute without ``until``, or with one before ``event_date``.
        PublishingStopped, LogBehind: the mark would show more than before, and nothing may be published now.
    """
    if event in (Event.REPORTED, Event.CORRECTED, Event.SUBJECT_MOVED):
        raise MarkNotApplicable(event=event.label, item="请走报送或改归主体的途径")
    if (event is Event.REINSTATED) != (takes_back in _TAKEN_BACK):
        raise MarkNotApplicable(event=event.label, item="要写明取消的是撤销、修复还是移出")
    wanted = sorted(set(record_ids))
    with transaction.atomic():
        known = dict(CurrentRecord.objects.filter(record_id__in=wanted).values_list("record_id", "item_kind"))
        for record_id in wanted:
            if record_id not in known:
                raise RecordNotFound(record=record_id)
            _refuse_kind(event, known[record_id])
        return _insert(
            event=event,
            mark=_MARKS[event] if takes_back is None else _TAKEN_BACK[takes_back],
            where="record_id = ANY(%(record_ids)s)",
            parameters={"record_ids": wanted, "until": until},
            event_date=event_date,
            ground=ground,
            actor=actor,
            now=now,
        )


def mark_add(
    *,
    record_id: UUID,
    event: Event,
    event_date: date,
    ground: str,
    actor: str,
    now: datetime,
    until: date | None = None,
    takes_back: Event | None = None,
) -> MarkResult:
    """Add one mark to one record; see :func:`marks_add`."""
    return marks_add(
        record_ids=[record_id],
        event=event,
        event_date=event_date,
        ground=ground,
        actor=actor,
        now=now,
        until=until,
        takes_back=takes_back,
    )


def record_hold(*, record_id: UUID, event_date: date, ground: str, actor: str, now: datetime) -> MarkResult:
    """Stop showing one record at once in every door (暂停公示); see :func:`marks_add`."""
    return mark_add(record_id=record_id, event=Event.HELD, event_date=event_date, ground=ground, actor=actor, now=now)


def record_release(*, record_id: UUID, event_date: date, ground: str, actor: str, now: datetime) -> MarkResult:
    """End a hold (恢复公示); the record is shown again if nothing else stands against it. See :func:`marks_add`."""
    return mark_add(record_id=record_id, event=Event.RELEASED, event_date=event_date, ground=ground, actor=actor, now=now)


def record_dispute(*, record_id: UUID, event_date: date, until: date, ground: str, actor: str, now: datetime) -> MarkResult:
    """Mark one record as disputed (收到异议) until the day by which it must be settled, inclusive (P9).

    The record stays shown with the mark through ``until``; from the next day on, not proven, it is not shown. A second
    call with a later ``until`` extends the time and keeps the first day. See :func:`marks_add`.
    """
    return mark_add(
        record_id=record_id,
        event=Event.DISPUTED,
        event_date=event_date,
        ground=ground,
        actor=actor,
        now=now,
        until=until,
    )


def record_undispute(*, record_id: UUID, event_date: date, ground: str, actor: str, now: datetime) -> MarkResult:
    """End a dispute (异议核查结束): the record was checked and stands as it is. See :func:`marks_add`."""
    return mark_add(record_id=record_id, event=Event.DISPUTE_ENDED, event_date=event_date, ground=ground, actor=actor, now=now)


def submission_withdraw(*, submission_id: str, event_date: date, ground: str, actor: str, now: datetime) -> MarkResult:
    """Withdraw every record whose newest content came with one submission (整批撤回); no such record: nothing happens.

    A record that the submission had corrected is withdrawn whole: the earlier content was wrong, so it is not put back.

    Raises:
        GroundMissing: no ground or no actor.
    """
    with transaction.atomic():
        return _insert(
            event=Event.WITHDRAWN,
            mark=_MARKS[Event.WITHDRAWN],
            where="submission_id = %(submission)s",
            parameters={"submission": submission_id},
            event_date=event_date,
            ground=ground,
            actor=actor,
            now=now,
            target=("submission", submission_id),
        )


def record_move(
    *,
    record_id: UUID,
    subject_id: int,
    is_sole_trader: bool,
    event_date: date,
    ground: str,
    actor: str,
    now: datetime,
) -> MarkResult:
    """Give a record to another subject (改归另一主体), after a matching decision was taken back.

    Raises:
        RecordNotFound: there is no such record.
        GroundMissing: no ground or no actor.
        RecordThereAlready: the other subject already has a record of this document.
        django.db.IntegrityError: there is no such subject.
    """
    try:
        with transaction.atomic():
            if not CurrentRecord.objects.filter(record_id=record_id).exists():
                raise RecordNotFound(record=record_id)
            return _insert(
                event=Event.SUBJECT_MOVED,
                mark=_MARKS[Event.SUBJECT_MOVED],
                where="record_id = ANY(%(record_ids)s)",
                parameters={"record_ids": [record_id], "subject_id": subject_id, "is_sole_trader": is_sole_trader},
                event_date=event_date,
                ground=ground,
                actor=actor,
                now=now,
            )
    except IntegrityError as error:
        # Asked of the database, which alone knows for certain: another process may be publishing the same document.
        if constraint_of(error) != NATURAL_KEY:
            raise
        document_no = CurrentRecord.objects.values_list("document_no", flat=True).get(record_id=record_id)
        raise RecordThereAlready(document_no=document_no) from error


def _refuse_kind(event: Event, item_kind: str) -> None:
    kinds = _MARKS[event].kinds if event in _MARKS else frozenset()
    if kinds and item_kind not in kinds:
        raise MarkNotApplicable(event=event.label, item=item_kind)


def _insert(
    *,
    event: Event,
    mark: _Mark,
    where: str,
    parameters: Mapping[str, Any],
    event_date: date,
    ground: str,
    actor: str,
    now: datetime,
    target: tuple[str, str] | None = None,
) -> MarkResult:
    """Add the versions of a mark; ``where`` is a literal of this module."""
    if not ground.strip() or not actor.strip():
        raise GroundMissing(event=event.label)
    until = parameters.get("until")
    if event is Event.DISPUTED and (until is None or until < event_date):
        raise DisputeEndMissing
    if event not in TAKES_DOWN:
        publishing_require()
    sets = {"is_sole_trader": SOLE_TRADERS.format(row="records_currentrecord"), **mark.sets}
    copied = ", ".join(sets.get(name, name) for name in _COPIED)
    statement = f"""
        INSERT INTO records_recordversion (seq, record_id, version_no, supersedes, event, event_date, event_ground,
            event_actor, recorded_at, {", ".join(_COPIED)})
        SELECT %(last)s + row_number() OVER (ORDER BY record_id), record_id, version_no + 1, seq, %(event)s, %(event_date)s,
            %(ground)s, %(actor)s, %(now)s, {copied}
        FROM records_currentrecord WHERE {where} AND ({mark.changes})
        RETURNING record_id, seq
    """  # noqa: S608 - put together from literals of this module
    values = {
        "event": event.value,
        "event_date": event_date,
        "ground": mask_personal_numbers(ground),
        "actor": mask_personal_numbers(actor),
        "now": now,
        **parameters,
    }
    values["last"] = publication_lock()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM records_currentrecord WHERE {where}", values)  # noqa: S608 - as above
        total: int = cursor.fetchone()[0]
        cursor.execute(statement, values)
        added = cursor.fetchall()
    targets = [("record", str(record_id)) for record_id, _ in added] if target is None else [target] if added else []
    for kind, identifier in targets:
        event_record(
            action=f"records.record.{event.value.lower()}",
            actor=actor,
            target=(kind, identifier),
            at=now,
            ground=ground,
            records=len(added),
        )
    numbers = [seq for _, seq in added]
    return MarkResult(
        marked=len(added),
        unchanged=total - len(added),
        first_seq=min(numbers, default=None),
        last_seq=max(numbers, default=None),
    )
