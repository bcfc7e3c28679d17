"""Look at everything that is public, once more: what is wrong is told by number and reason, and stops publishing."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.conf import settings

from xinheng.audit.services import event_record
from xinheng.recheck.domain import Law, Row, law_read
from xinheng.recheck.services import rows as reading
from xinheng.recheck.services.doors import Site, Snapshot, snapshot_now, told_of
from xinheng.tlog.models import PublishingStop
from xinheng.tlog.services import publishing_stop

_BREACHES_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that should not be: which record (or catalogue), and what is wrong with it."""

    of: str
    what: str

    def __str__(self) -> str:
        return f"{self.of}：{self.what}"


@dataclass(slots=True)
class Rechecked:
    """What was looked at, and what was found: records in all, shown ones, how many were asked of the doors."""

    records: int = 0
    shown: int = 0
    asked: int = 0
    with_snapshot: bool = False
    breaches: list[Breach] = field(default_factory=list)

    def add(self, of: str, what: str) -> None:
        """Note a breach, unless there are so many that more would tell nothing."""
        if len(self.breaches) < _BREACHES_AT_MOST:
            self.breaches.append(Breach(of, what))


@dataclass(slots=True)
class _Sample:
    """So many rows drawn evenly from all that are offered (reservoir), with what is to be said of each."""

    most: int
    draws: random.Random
    seen: int = 0
    rows: list[tuple[Row, date | None]] = field(default_factory=list)

    def offer(self, row: Row, until: date | None) -> None:
        self.seen += 1
        if len(self.rows) < self.most:
            self.rows.append((row, until))
        elif (at := self.draws.randrange(self.seen)) < self.most:
            self.rows[at] = (row, until)


def public_check(
    *, site: Site, on_date: date, now: datetime, sample: int, seed: int, actor: str = "system", stops: bool = True
) -> Rechecked:
    """Check what is public on ``on_date`` (the real day, Asia/Shanghai) by code of its own; see the context's README.

    Args:
        site: whom to ask as anybody would.
        on_date: the real day; the doors take no other.
        now: the moment, for the event log.
        sample: how many records the doors are asked about, half of them such as must not be shown.
        seed: of the draw; another one every day.
        actor: in whose name publishing is stopped.
        stops: whether a breach stops publishing.
    """
    found = Rechecked()
    law = law_read(settings.XINHENG_CATALOGUE_DIR)
    shown, hidden = (_Sample(sample // 2 or 1, random.Random(seed)) for _ in range(2))  # noqa: S311 - a sample, no secret
    for row, until in _judged(found, law, on_date):
        told = until is not None and law.is_found_without_a_code(row)
        (shown if told else hidden).offer(row, until if told else None)
    for content_hash in reading.catalogues_altered():
        found.add(f"目录 {content_hash[:12]}", "内容与指纹不符")
    for record in reading.content_altered():
        found.add(record, "内容与校验值不符")
    for record in reading.not_current():
        found.add(record, "公示的不是最新版本")
    _doors_ask(found, law, site, [*shown.rows, *hidden.rows])
    event_record(
        action="recheck.public.checked",
        actor=actor,
        target=("publishing", on_date.isoformat()),
        at=now,
        records=found.records,
        shown=found.shown,
        asked=found.asked,
        breaches=len(found.breaches),
    )
    if found.breaches and stops:
        publishing_stop(
            actor=actor,
            reason=f"公示复核发现{len(found.breaches)}处不一致，第一处：{found.breaches[0]}",
            now=now,
            cause=PublishingStop.Cause.CHECKER,
        )
    return found


def _judged(found: Rechecked, law: Law, on_date: date) -> Iterator[tuple[Row, date | None]]:
    """Yield every record with the end of its display; what is shown must have a basis that was in force."""
    kept = lru_cache(maxsize=64)(reading.catalogue_kept)
    for row in reading.rows_current():
        found.records += 1
        until = law.shown_until(row, on_date)
        if until is not None:
            found.shown += 1
            if not row.legal_basis.strip():
                found.add(row.record_id, "公示着，没有写依据")
            elif not law.has_basis(row, of_then=kept(row.catalogue_hash)):
                found.add(row.record_id, "写明的依据在决定之日没有施行，或者不是目录里这类信息的依据")
        yield row, until


def _doors_ask(found: Rechecked, law: Law, site: Site, drawn: list[tuple[Row, date | None]]) -> None:
    snapshot = snapshot_now(site, [row.record_id for row, _ in drawn])
    found.with_snapshot = snapshot is not None
    for row, until in drawn:
        found.asked += 1
        told = told_of(site, row.record_id)
        if told.mistake:
            found.add(row.record_id, f"页面或接口没有正常答复（{told.mistake}）")
            continue
        must = until is not None
        for door, tells in (("页面", told.page), ("接口", told.api)):
            if tells and not must:
                found.add(row.record_id, f"{door}还在公示，按规定不应当公示")
            elif must and not tells:
                found.add(row.record_id, f"{door}没有公示，按规定应当公示")
        if must and told.api and told.api_until != _last_day(until):
            found.add(row.record_id, f"接口写的公示截止日是{told.api_until}，按规定是{_last_day(until)}")
        if snapshot is not None:
            _snapshot_ask(found, law, snapshot, row, until)


def _snapshot_ask(found: Rechecked, law: Law, snapshot: Snapshot, row: Row, until: date | None) -> None:
    is_in = row.record_id in snapshot.until
    if until is None:
        # What harms nobody may stand in the snapshot until the next one; the change feed tells its end.
        if is_in and law.is_adverse(row):
            found.add(row.record_id, "快照里还有，按规定不应当再公示")
    elif not is_in and row.seq <= snapshot.seq:
        found.add(row.record_id, "快照里没有，按规定应当公示")
    elif is_in and row.seq <= snapshot.seq and snapshot.until[row.record_id] != _last_day(until):
        found.add(row.record_id, f"快照里的公示截止日是{snapshot.until[row.record_id]}，按规定是{_last_day(until)}")


def _last_day(end: date | None) -> date | None:
    """Return the last day shown, ``None`` for long-term."""
    return None if end is None or end == date.max else end - timedelta(days=1)
