"""Run 2: the same reports with their gaps filled by invented values and the named parties in a test register."""

from datetime import date, datetime

import pytest

from tests.real import converting
from tests.real.test_reports_as_they_are import LICENCES, PENALTIES
from xinheng.adapters.clock import CHINA
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.models import Doubt, SubmissionRow
from xinheng.intake.services import Declarations, submission_load
from xinheng.publicity.selectors import displays
from xinheng.records.selectors import records_current
from xinheng.subjects.services import register_import

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=CHINA)
TODAY = date(2026, 11, 22)
# Fines were shown for three years until 2026-03-31 and are for one year since: on this day all of them still are.
BEFORE_R3 = date(2026, 3, 31)


def organ():
    """Return the county's organ that sends the files in and stands for the deciding organs."""
    return catalogue_current().organ_by_name("县财政局")


def reports(real_data):
    """Return the filled rows of both reports by item."""
    return {
        "administrative_penalty": converting.penalties_filled(converting.penalties(real_data / PENALTIES), organ=organ()),
        "administrative_licence": converting.licences_filled(converting.licences(real_data / LICENCES)),
    }


def loaded(rows, item_id, folder):
    """Register the named parties and send the rows in as an old site's data; return the receipt."""
    register = folder / "register.csv"
    converting.register_rows(rows).write_csv(register, include_bom=True)
    report = register_import(path=register, actor="测试", now=NOW, is_demo=True)
    assert report.counts["refused"] == 0
    catalogue = catalogue_current()
    path = converting.template_write(rows, item=catalogue.item(item_id), path=folder / "filled.csv")
    return submission_load(
        path=path,
        organ_code=organ().code,
        clerk="测试经办",
        reviewer="测试复核",
        item_id=item_id,
        declarations=Declarations(is_desensitised=False, is_secret_free=True, is_legacy=True),
        now=NOW,
    ).receipt


@pytest.mark.usefixtures("fresh_database")
@pytest.mark.parametrize("item_id", ["administrative_penalty", "administrative_licence"])
def test_what_is_filled_is_published(real_data, tmp_path, item_id):
    rows = reports(real_data)[item_id]
    receipt = loaded(rows, item_id, tmp_path)
    # What no filling mends: a code that is none (returned), an old code that no register has and one code under two
    # names (doubtful).
    assert receipt.returned <= 2
    assert receipt.doubtful <= 0.03 * rows.height
    assert receipt.accepted == rows.height - receipt.returned - receipt.doubtful
    assert records_current().count() == receipt.new == receipt.accepted
    assert Doubt.objects.count() == receipt.doubtful
    assert SubmissionRow.objects.count() == rows.height


@pytest.mark.usefixtures("fresh_database")
def test_the_real_day_decides_what_is_still_shown(real_data, tmp_path):
    rows = reports(real_data)["administrative_penalty"]
    receipt = loaded(rows, "administrative_penalty", tmp_path)
    before, now = displays(on_date=BEFORE_R3).count(), displays(on_date=TODAY).count()
    assert before == receipt.accepted
    # Decisions of 2024-12 to 2025-08: fines ended after a year, revoked licences and bans from the trade are still shown.
    serious = rows.filter(rows["penalty_kinds"].str.contains("吊销|限制从业")).height
    assert 0 < now <= serious
