"""Make the file for the city's upload (上报): what is on display since a publication number, and what has to go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from xinheng.adapters.demonstration import demo_path
from xinheng.adapters.storage import file_sha256, whole_file
from xinheng.audit.services import event_record
from xinheng.catalogue.domain import Item
from xinheng.catalogue.selectors import catalogue_current
from xinheng.exchange.errors import CursorAhead, TooManyRowsForWorkbook
from xinheng.exchange.models import Upload, UploadedRecord
from xinheng.exchange.services.files import WITHDRAWAL_HEADER, WORKBOOK_ROWS, csv_write, workbook_write
from xinheng.exchange.services.template_rows import template_header, template_rows
from xinheng.kernel.spreadsheet_safety import neutralise
from xinheng.publicity.domain import marks_against
from xinheng.publicity.selectors import displays, law_current, without_sole_traders
from xinheng.records.models import CurrentRecord
from xinheng.records.selectors import known_latest, records_current

_LINES_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What an upload holds. ``until`` is the cursor for the next one; ``left_out`` adverse records of sole traders (P2)."""

    item_id: str
    item_title: str
    since: int
    until: int
    records: int
    withdrawals: int
    left_out: int
    paths: tuple[Path, ...]
    file_sha256: str


def export_make(
    *,
    item_id: str,
    out: Path,
    actor: str,
    on_date: date,
    now: datetime,
    since: int | None = None,
    as_csv: bool = False,
) -> ExportReport:
    """Write the national template for the records of an item published after ``since``, and remember what is in it.

    Only what is on display on ``on_date`` is sent; what was sent before and is no longer on display is listed as
    withdrawn, with the reason. Adverse records of sole traders are in no export (P2): counted, not sent.

    The file stands complete before the database remembers it: a crash between the two makes the next upload repeat
    records, never forget them.

    Args:
        item_id: ``administrative_licence`` or ``administrative_penalty`` (any item with a display).
        out: the file to write; with ``as_csv`` the withdrawals go into a second file beside it.
        actor: who exports.
        on_date: the day of display, Asia/Shanghai.
        now: the moment, aware.
        since: publication number, exclusive; ``None`` goes on after the last upload.
        as_csv: CSV instead of XLSX.

    Raises:
        CursorAhead: ``since`` is newer than the newest publication.
        TooManyRowsForWorkbook: more records than a sheet holds.
    """
    out = demo_path(out)
    item = catalogue_current().item(item_id)
    with transaction.atomic():
        # One export of an item at a time; what is published meanwhile is above ``until`` and goes with the next one.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"exchange.{item_id}"])
        until = known_latest()
        start = _start(item_id, since=since, latest=until)
        law = law_current()
        # The file takes the legal representatives' names, which the public doors never read.
        on_display = displays(on_date=on_date, law=law).filter(item_id=item_id).defer(None)
        sendable = without_sole_traders(records=on_display, law=law)
        wanted = sendable.filter(seq__gt=start, seq__lte=until).order_by("seq")
        count = wanted.count()
        left_out = on_display.filter(seq__gt=start, seq__lte=until).count() - count
        if not as_csv and count > WORKBOOK_ROWS:
            raise TooManyRowsForWorkbook(rows=f"{count:,}", limit=f"{WORKBOOK_ROWS:,}")
        gone = _gone(item_id, shown=sendable, start=start)
        sent: list[tuple[UUID, int]] = []
        paths = _write(
            out,
            item=item,
            rows=_noting(template_rows(item=item, records=wanted.iterator(chunk_size=_LINES_AT_ONCE)), sent),
            withdrawals=[_withdrawal_row(record, on_date=on_date) for record in gone],
            as_csv=as_csv,
        )
        upload = Upload.objects.create(
            item_id=item_id,
            since=start,
            until=until,
            made_at=now,
            actor=actor,
            file_name=out.name,
            file_sha256=file_sha256(paths[0]),
            record_count=len(sent),
            withdrawal_count=len(gone),
            left_out_count=left_out,
        )
        _remember(upload, sent=sent, gone=[(record.record_id, record.seq) for record in gone])
        event_record(
            action="exchange.upload.made",
            actor=actor,
            target=("upload", str(upload.pk)),
            at=now,
            purpose="向市公共信用信息平台上报",
            item=item_id,
            since=start,
            until=until,
            records=len(sent),
            withdrawals=len(gone),
            left_out=left_out,
            file_sha256=upload.file_sha256,
        )
    return ExportReport(
        item_id=item_id,
        item_title=item.title,
        since=start,
        until=until,
        records=len(sent),
        withdrawals=len(gone),
        left_out=left_out,
        paths=paths,
        file_sha256=upload.file_sha256,
    )


def _start(item_id: str, *, since: int | None, latest: int) -> int:
    if since is None:
        last = Upload.objects.filter(item_id=item_id).order_by("-until").values_list("until", flat=True).first()
        return last or 0
    if since > latest:
        raise CursorAhead(since=since, latest=latest)
    return since


def _noting(rows: Iterator[tuple[CurrentRecord, list[str]]], sent: list[tuple[UUID, int]]) -> Iterator[list[str]]:
    for record, cells in rows:
        sent.append((record.record_id, record.seq))
        yield cells


def _gone(item_id: str, *, shown: QuerySet[CurrentRecord], start: int) -> list[CurrentRecord]:
    """Return the records that the city has or was told to drop since ``start``, and that are not on display."""
    newest = (
        UploadedRecord.objects.filter(upload__item_id=item_id)
        .order_by("record_id", "-id")
        .distinct("record_id")
        .values_list("record_id", "kind", "upload__until")
    )
    told = [record for record, kind, until in newest if kind == UploadedRecord.Kind.SENT or until > start]
    still = set(shown.filter(record_id__in=told).values_list("record_id", flat=True))
    return list(records_current().filter(record_id__in=[record for record in told if record not in still]))


def _withdrawal_row(record: CurrentRecord, *, on_date: date) -> list[str]:
    marks = marks_against(record=record, on_date=on_date)
    reason = marks[0].text if marks else "公示期已满，停止公示。"
    day = record.revoked_date or record.repaired_date or record.delisted_date or on_date
    fields = record.fields
    cells = (
        record.document_no,
        record.organ_name,
        record.organ_code,
        fields.get("subject_name", ""),
        fields.get("uscc", ""),
        reason,
        f"{day:%Y/%m/%d}",
    )
    return [neutralise(cell) for cell in cells]


def _write(
    out: Path, *, item: Item, rows: Iterator[list[str]], withdrawals: Sequence[Sequence[str]], as_csv: bool
) -> tuple[Path, ...]:
    header = template_header(item=item)
    if as_csv:
        second = out.with_name(f"{out.stem}-撤回{out.suffix}")
        with whole_file(out) as part:
            csv_write(path=part, header=header, rows=rows)
        with whole_file(second) as part:
            csv_write(path=part, header=WITHDRAWAL_HEADER, rows=withdrawals)
        return out, second
    with whole_file(out) as part:
        workbook_write(path=part, title=item.title, header=header, rows=rows, withdrawals=withdrawals)
    return (out,)


def _remember(upload: Upload, *, sent: list[tuple[UUID, int]], gone: list[tuple[UUID, int]]) -> None:
    lines = [
        UploadedRecord(upload=upload, record_id=record, seq=seq, kind=kind)
        for kind, records in ((UploadedRecord.Kind.SENT, sent), (UploadedRecord.Kind.WITHDRAWN, gone))
        for record, seq in records
    ]
    UploadedRecord.objects.bulk_create(lines, batch_size=_LINES_AT_ONCE)
