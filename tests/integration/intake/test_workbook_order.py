"""Marked workbooks by jobs: made once, sealed, bounded, gone with the original's key."""

from datetime import timedelta

import openpyxl
import pytest
from django.conf import settings
from tests.factories import intake_world as world
from tests.factories.jobs import jobs_run, jobs_waiting

from xinheng.adapters import clock
from xinheng.adapters.clock import CHINA
from xinheng.adapters.progress import ProgressFile
from xinheng.intake import services
from xinheng.intake.errors import OriginalDestroyed, WorkbookNotReady
from xinheng.intake.models import Submission, WorkbookOrder
from xinheng.intake.workbooks import marked

CLERK = "演示经办"


@pytest.fixture(autouse=True)
def _now():
    with clock.fixed(world.NOW):
        yield


@pytest.fixture
def submission(db, tmp_path) -> Submission:
    world.subject_make(1)
    rows = [world.penalty(1), *(world.penalty(number, subject=1, CF_NR_FK="") for number in (2, 3, 4))]
    path = world.file_write(tmp_path / "处罚.csv", rows)
    number = services.submission_receive(path=path, organ_code=world.ORGAN, clerk=CLERK, now=world.NOW).number
    return services.submission_advance(number=number, actor=CLERK, now=world.NOW)


def ask(submission) -> WorkbookOrder:
    return services.workbook_ask(number=submission.number, actor=CLERK, now=world.NOW)


def taken(order, **more) -> bytes:
    return b"".join(services.workbook_read(order=order, actor=CLERK, now=world.NOW, **more)[1])


def test_made_once_sealed_and_made_anew_where_a_cell_was_put_right(submission, tmp_path, monkeypatch):
    monkeypatch.setattr(marked, "MARKED_FINDINGS", 2)
    told = []
    monkeypatch.setattr(ProgressFile, "tell", lambda _self, progress: told.append(progress))
    order = ask(submission)
    assert ask(submission) == order
    assert [name for name, _ in jobs_waiting()] == ["intake.workbook_make"]
    with pytest.raises(WorkbookNotReady):
        taken(order)
    jobs_run()
    order.refresh_from_db()
    assert (order.state, order.marked, order.rest) == ("READY", 2, 1)
    assert [(one.what, one.total) for one in told] == [("mark", 4)]
    assert ask(submission) == order, "ready: not made again"
    assert not jobs_waiting()

    copy = tmp_path / "taken.xlsx"
    copy.write_bytes(taken(order))
    sheets = openpyxl.load_workbook(copy)
    assert next(sheet.title for sheet in sheets) == "问题汇总"
    assert sum(cell.comment is not None for row in sheets["CSV"].iter_rows() for cell in row) == 2
    assert taken(order, is_rest=True).decode("utf-8-sig").count("V05") == 1
    for file in (settings.XINHENG_VAR / "workbooks").iterdir():
        assert not file.read_bytes().startswith(b"PK"), "nothing lies there plain"
        assert world.name(1).encode() not in file.read_bytes()

    services.cell_amend(
        number=submission.number, sheet="CSV", row=3, field="CF_NR_FK", value="2.000000", actor=CLERK, now=world.NOW
    )
    assert services.workbook_order_of(submission) is None, "it is another table now"
    assert ask(submission) != order


def test_it_goes_with_the_key_and_after_some_days(submission):
    order = ask(submission)
    jobs_run()
    day = world.NOW.astimezone(CHINA).date()
    services.originals_purge(on_date=day, now=world.NOW + timedelta(days=6), actor="system")
    order.refresh_from_db()
    assert order.state == "READY"
    services.originals_purge(on_date=day, now=world.NOW + timedelta(days=8), actor="system")
    order.refresh_from_db()
    assert (order.state, order.stored_as) == ("GONE", "")
    assert ask(submission) != order, "it can be made again"
    later = world.NOW + timedelta(days=120)
    services.originals_purge(on_date=later.astimezone(CHINA).date(), now=later, actor="system")
    jobs_run()
    assert WorkbookOrder.objects.latest("id").state == "FAILED", "without the original there is none"
    with pytest.raises(OriginalDestroyed):
        ask(submission)


def test_without_problems_there_is_nothing_to_mark(db, tmp_path):
    world.subject_make(1)
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1)])
    submission = services.submission_receive(path=path, organ_code=world.ORGAN, clerk=CLERK, now=world.NOW)
    services.submission_advance(number=submission.number, actor=CLERK, now=world.NOW)
    ask(submission)
    jobs_run()
    assert WorkbookOrder.objects.get().state == "NOTHING"
