"""What the names in the workbench's addresses mean: objects that belong to somebody, or things that everybody there may see.

A new name in an address fails ``tests/integration/workbench/test_every_route.py`` until it stands here.
"""

import tempfile
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from tests.factories.accounts import make_account
from tests.factories.intake_world import NOW, ORGAN, file_write, load, penalty, record, subject_make
from tests.factories.systems import make_system
from xinheng.exchange.models import ReportDraft, ReportKey, ReportPart
from xinheng.intake.models import (
    Amendment,
    Doubt,
    DoubtDecision,
    Explanation,
    GivingUp,
    RecordDraft,
    ReturnedRow,
    Submission,
    SubmissionEvent,
    SubmissionFinding,
    SubmissionOriginal,
    SubmissionRow,
    Waiver,
    WorkbookOrder,
)
from xinheng.monitoring.models import GapExplanation, QualityFigure, Reconciliation, Reminder, ZeroReport

OWNED: Final[dict[str, Callable[[str], object]]] = {
    "number": lambda number: number,
    "account_id": lambda _number: _somebody().pk,
    "invitation_id": lambda _number: 1,
    "grant_id": lambda _number: _somebody().grants.get().pk,
    "client_id": lambda _number: 1,
    "doubt_id": lambda number: _doubt(number).pk,
    "draft_id": lambda _number: _draft(ORGAN).pk,
    "record_id": lambda _number: _record(),
    "waiver_id": lambda _number: _waiver(ORGAN).pk,
    "report_id": lambda _number: _zero_report().pk,
    "reconciliation_id": lambda _number: _reconciliation().pk,
    "finding_id": lambda number: SubmissionFinding.objects.filter(submission__number=number).values_list("pk", flat=True)[0],
}
"""Name → what makes its value, from the number of a submission of the market supervision."""

FREE: Final[dict[str, object]] = {
    "item_id": "administrative_penalty",
    "proposal_id": 1,
    "rule": "V01",
    "slug": "quality",
    "form": "csv",
}
"""Name → a value that every role may see."""


def report_make(organ, *, letter="a"):
    """Put one submission of ``organ`` into the tables, with one row of everything that hangs on it."""
    submission = Submission.objects.create(
        number=f"FJ{letter}-{organ[-4:]}", organ_code=organ, organ_name="演示", clerk="演示经办", file_name="处罚.csv",
        file_sha256=letter * 64, file_size=1, received_at=NOW, reported_date=NOW.date(),
    )  # fmt: skip
    SubmissionOriginal.objects.create(
        submission=submission, stored_as=letter, wrapped_key=b"x" * 40, destroy_after=date(2026, 8, 1)
    )
    SubmissionEvent.objects.create(submission=submission, at=NOW, actor="演示经办", action="received")
    SubmissionFinding.objects.create(submission=submission, rule="C01", severity="REFUSE", message="没有写")
    SubmissionRow.objects.create(submission=submission, row=2, outcome="NEW")
    doubt = Doubt.objects.create(submission=submission, row=3, reason="没有代码")
    DoubtDecision.objects.create(doubt=doubt, action="REJECT", reason="都不是", actor="甲", at=NOW)
    client = make_system(f"系统{letter}", organ=organ).client
    draft = ReportDraft.objects.create(client=client, organ_code=organ, item_id="x", wrapped_key=b"x", made_at=NOW)
    ReportPart.objects.create(draft=draft, place=0, rows=1, sealed=b"x")
    ReportKey.objects.create(client=client, organ_code=organ, key=letter * 8, request_sha256=letter, made_at=NOW)
    ReturnedRow.objects.create(submission=submission, row=4, matched_at=NOW)
    for state in ("LANDED", "CHECKED", "MATCHED"):
        submission.state = state
        submission.save()
    Amendment.objects.create(submission=submission, row=5, field="CF_NR", after="罚款", actor="演示经办", at=NOW)
    Explanation.objects.create(submission=submission, rule="V17", text="系统升级", actor="演示经办", at=NOW)
    GivingUp.objects.create(submission=submission, actor="演示经办", reason="选错了", at=NOW)
    WorkbookOrder.objects.create(submission=submission, state="NOTHING", amendments=1, asked_by="演示经办", asked_at=NOW)
    own = {"organ_code": organ, "item_id": "administrative_penalty"}
    ZeroReport.objects.create(**own, month=date(2026, 3, 1), clerk="演示经办", stated_at=NOW)
    GapExplanation.objects.create(
        **own, series="奉演", year=2026, first_serial=1, last_serial=1, reason="作废", actor="甲", at=NOW
    )
    reconciled = {
        "first_day": date(2026, 3, 1),
        "last_day": date(2026, 3, 31),
        "file_sha256": letter,
        "listed": 1,
        "reported": 1,
    }
    Reconciliation.objects.create(**own, **reconciled, actor="甲", at=NOW)
    _draft(organ)
    _waiver(organ)
    Reminder.objects.create(organ_code=organ, day=date(2026, 4, 1), key=letter, text="迟报", made_at=NOW)
    counts = dict.fromkeys(("reported", "returned", "incomplete", "doubtful", "late", "duplicate"), 0)
    days = {"as_of": date(2026, 4, 1), "span": "MONTH", "first_day": date(2026, 3, 1)}
    QualityFigure.objects.create(**own, **counts, **days, catalogue_hash=letter, made_at=NOW)
    return submission


def values_of(*, number: str) -> dict[str, object]:
    """Return a value for every name in an address."""
    return {name: make(number) for name, make in OWNED.items()} | FREE


def _somebody():
    from xinheng.accounts.models import Account

    return Account.objects.filter(login_name="demo.somebody").first() or make_account("demo.somebody")


def _zero_report():
    own = {"organ_code": ORGAN, "item_id": "administrative_penalty", "month": date(2026, 2, 1)}
    return ZeroReport.objects.get_or_create(**own, defaults={"clerk": "演示经办", "stated_at": NOW})[0]


def _reconciliation():
    told = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 31), "file_sha256": "f", "listed": 1, "reported": 1}
    own = {"organ_code": ORGAN, "item_id": "administrative_penalty"}
    return Reconciliation.objects.create(**own, **told, actor="甲", at=NOW)


def _doubt(number):
    submission = Submission.objects.get(number=number)
    return Doubt.objects.get_or_create(submission=submission, row=9_999, defaults={"reason": "没有代码"})[0]


def _draft(organ):
    sealed = {"wrapped_key": b"x", "sealed": b"x", "saved_at": NOW, "keep_until": date(2026, 5, 1)}
    return RecordDraft.objects.create(id=uuid.uuid4(), clerk="demo.clerk", organ_code=organ, item_id="x", **sealed)


def _record():
    """Return the number of a record of the market supervision's, reported and certified."""
    subject_make(90)
    with tempfile.TemporaryDirectory() as place:
        load(file_write(Path(place) / "演示.csv", [penalty(90)]))
    return record(90).record_id


def _waiver(organ):
    told = {"rule": "V05", "document_no": "1号", "document_no_key": "1号", "reason": "没有罚款数额"}
    asked = {"asked_by": "demo.clerk", "asked_at": NOW, "asked_on": NOW.date(), "expires_on": date(2027, 1, 1)}
    return Waiver.objects.create(organ_code=organ, item_id="administrative_penalty", **told, **asked)
