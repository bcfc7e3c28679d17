"""Gaps in series with their explanations, and lists of case systems: hints, numbers and days, nothing else."""

from datetime import date

import pytest
import xlsxwriter
from django.db import DatabaseError, connection, transaction
from tests.factories import intake_world as world
from tests.factories import monitoring as made
from tests.factories.accounts import OTHER_ORGAN, make_actor
from tests.factories.intake_files import RESIDENT_ID

from xinheng.accounts.domain import Role
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.errors import FileRefused
from xinheng.monitoring.domain.series import Series
from xinheng.monitoring.errors import GapUnknown, ListNotReadable, NothingFound, NotOfThisOrgan, ReasonNeeded
from xinheng.monitoring.models import Reconciliation
from xinheng.monitoring.selectors import SYSTEM, reconciliation_visible_to, reconciliations_visible_to, series_gaps
from xinheng.monitoring.services import gap_explain, list_reconcile

pytestmark = pytest.mark.django_db
SERIES = Series("奉市监罚字", 2026)


@pytest.fixture
def clerk(db):
    return make_actor("demo.clerk", Role.CLERK)


@pytest.fixture
def sent(db, tmp_path):
    """Numbers 1 and 5 became records, 3 is doubtful, 4 came back; 2 was never sent."""
    for number in (1, 5):
        world.subject_make(number)
    rows = [world.penalty(1), world.penalty(3), world.penalty(4, CF_NR_FK="", CF_XDR_MC=world.name(1)), world.penalty(5)]
    made.load(tmp_path, rows)


def _gaps(actor=SYSTEM, *, year=2026, organ=world.ORGAN):
    found = series_gaps(actor=actor, catalogue=catalogue_current(), organ_code=organ, item_id=made.ITEM, year=year)
    return [(one.series, one.known, one.highest, [(gap.first, gap.last, gap.reason) for gap in one.gaps]) for one in found]


def _explain(actor, *, first=2, last=2, reason="对自然人作出", series=SERIES, organ=world.ORGAN):
    return gap_explain(
        organ_code=organ,
        item_id=made.ITEM,
        series=series,
        first=first,
        last=last,
        reason=reason,
        actor=actor,
        catalogue=catalogue_current(),
        now=made.NOW,
    )


def test_what_was_sent_is_no_gap_whatever_became_of_it(sent):
    assert _gaps() == [(SERIES, 4, 5, [(2, 2, "")])]
    assert _gaps(year=2025) == []


def test_a_gap_is_explained_by_the_clerk(sent, clerk):
    with pytest.raises(ReasonNeeded):
        _explain(clerk, reason="  ")
    _explain(clerk, reason=f"对{RESIDENT_ID}作出")
    (found,) = _gaps(clerk)
    (gap,) = found[3]
    assert gap[:2] == (2, 2)
    assert RESIDENT_ID not in gap[2]
    assert "对" in gap[2]
    _explain(clerk, reason="文号作废")
    assert _gaps(clerk)[0][3] == [(2, 2, "文号作废")]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM monitoring_gapexplanation")


def test_only_gaps_are_explained_and_only_own_ones(sent, clerk):
    for first, last in ((1, 2), (2, 3), (9, 9), (2, 1)):
        with pytest.raises(GapUnknown):
            _explain(clerk, first=first, last=last)
    with pytest.raises(NotOfThisOrgan):
        _explain(make_actor("demo.review", Role.REVIEWER))
    foreign = make_actor("demo.foreign", Role.CLERK, OTHER_ORGAN)
    with pytest.raises(NotOfThisOrgan):
        _explain(foreign)
    with pytest.raises(NothingFound):
        _gaps(foreign)
    with pytest.raises(NothingFound):
        _gaps(make_actor("demo.admin", Role.ADMINISTRATOR))


LISTED = """案件清单,,,
当事人,文号,决定日期,电话
演示某甲,奉市监罚字（2026）第1号,2026/4/15,13800000000
演示某乙,奉市监罚字〔2026〕5号,2026年4月16日,
演示某丙,奉市监罚字〔2026〕6号,2026-04-17,
,奉市监罚字〔2026〕6号,,
,,2026-04-18,
演示某丁,11010519491231002X,2026-04-18,
"""


def _reconcile(path, actor, **period):
    return list_reconcile(
        path=path,
        organ_code=world.ORGAN,
        item_id=made.ITEM,
        actor=actor,
        catalogue=catalogue_current(),
        now=made.NOW,
        **period,
    )


def test_a_list_beside_the_records(sent, clerk, tmp_path):
    path = tmp_path / "清单.csv"
    path.write_bytes(LISTED.encode("gb18030"))
    kept = _reconcile(path, clerk)
    assert (kept.listed, kept.reported, kept.first_day, kept.last_day) == (3, 2, date(2026, 4, 15), date(2026, 4, 17))
    assert kept.found == {
        "missing": [["奉市监罚字〔2026〕6号", "2026-04-17"]],
        "only_here": [],
        "differing": [["奉市监罚字〔2026〕5号", "2026-04-16", "2026-04-15"]],
    }
    # Nothing of the parties, phones or documents of persons is anywhere in it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM monitoring_reconciliation r")
        ((text,),) = cursor.fetchall()
    assert not [word for word in ("演示", "1380000", "110105") if word in text]


def test_a_workbook_and_a_time_of_its_own(sent, clerk, tmp_path):
    path = tmp_path / "清单.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("空")
        sheet = book.add_worksheet("清单")
        sheet.write_row(0, 0, ["序号", "决定书文号"])
        sheet.write_row(1, 0, [1, "奉市监罚字〔2026〕1号"])
    with pytest.raises(ListNotReadable, match="哪一段时间"):
        _reconcile(path, clerk)
    kept = _reconcile(path, clerk, first=date(2026, 4, 1), last=date(2026, 4, 30))
    assert (kept.listed, kept.reported) == (1, 1)
    assert kept.found["only_here"] == [["奉市监罚字〔2026〕5号", "2026-04-15"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [("当事人,决定日期\n甲,2026-04-15\n", "没有找到写文书号的一列"), ("文书号,决定日期\n,2026-04-15\n", "文书号一列是空的")],
)
def test_what_is_no_list(sent, clerk, tmp_path, content, said):
    path = tmp_path / "清单.csv"
    path.write_text(content)
    with pytest.raises(ListNotReadable, match=said):
        _reconcile(path, clerk)
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(FileRefused):
        _reconcile(path, clerk)
    assert not Reconciliation.objects.exists()


def test_clerks_and_the_credit_office_compare_and_see_what_is_theirs(sent, clerk, tmp_path):
    path = tmp_path / "清单.csv"
    path.write_text(LISTED)
    kept = _reconcile(path, make_actor("demo.office", Role.CREDIT_OFFICER, OTHER_ORGAN))
    catalogue = catalogue_current()
    assert reconciliation_visible_to(actor=clerk, catalogue=catalogue, reconciliation_id=kept.pk) == kept
    foreign = make_actor("demo.foreign", Role.CLERK, OTHER_ORGAN)
    for stranger in (foreign, make_actor("demo.admin", Role.ADMINISTRATOR)):
        with pytest.raises(NothingFound):
            reconciliation_visible_to(actor=stranger, catalogue=catalogue, reconciliation_id=kept.pk)
        assert not reconciliations_visible_to(actor=stranger, catalogue=catalogue)
        with pytest.raises(NotOfThisOrgan):
            _reconcile(path, stranger)
    with pytest.raises(NotOfThisOrgan):
        _reconcile(path, make_actor("demo.review", Role.REVIEWER))
