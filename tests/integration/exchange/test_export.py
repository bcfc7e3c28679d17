"""The file for the city's upload: the national template, withdrawals, and a memory of what was sent."""

import csv
from datetime import timedelta

import openpyxl
import pytest
from click.testing import CliRunner
from django.db import ProgrammingError, connection, transaction
from tests.factories import intake_world as world
from tests.factories.intake_files import real_catalogue

from xinheng.adapters import clock
from xinheng.audit.models import Event
from xinheng.exchange.cli import export
from xinheng.exchange.errors import CursorAhead
from xinheng.exchange.models import Upload, UploadedRecord
from xinheng.exchange.services import export_make
from xinheng.intake import services as intake
from xinheng.records.models import CurrentRecord
from xinheng.records.services import record_dispute, record_hold, record_release

pytestmark = pytest.mark.django_db

TODAY = world.NOW.date()


@pytest.fixture
def penalties(tmp_path):
    for number in range(1, 4):
        world.subject_make(number)
    return world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(n) for n in range(1, 4)])).receipt.number


def _make(tmp_path, **changes):
    arguments = {"item_id": "administrative_penalty", "actor": "信用办甲", "on_date": TODAY, "now": world.NOW}
    return export_make(**({"out": tmp_path / "上报.xlsx"} | arguments | changes))


def _sheets(path):
    book = openpyxl.load_workbook(path)
    return [[[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)] for sheet in book]


@pytest.mark.parametrize(("item_id", "columns"), [("administrative_penalty", 30), ("administrative_licence", 28)])
def test_it_is_the_national_template(tmp_path, item_id, columns):
    report = _make(tmp_path, item_id=item_id)
    (header,), (withdrawal_header,) = _sheets(report.paths[0])
    assert header == [field.title for field in real_catalogue().item(item_id).fields]
    assert len(header) == columns
    assert withdrawal_header[0] == "文书号"


def test_a_record_as_the_city_wants_it(tmp_path, penalties):
    report = _make(tmp_path)

    assert (report.records, report.withdrawals, report.left_out) == (3, 0, 0)
    (_, first, *_), _ = _sheets(report.paths[0])
    keys = [field.key for field in real_catalogue().item("administrative_penalty").fields]
    row = dict(zip(keys, first, strict=True))
    assert row["CF_XDR_MC"] == world.name(1)
    assert row["CF_FRDB"] == "演示代表人1", "unsealed here only"
    assert row["CF_JDRQ"] == "2026/04/15"
    assert row["CF_NR_FK"] == "2.000000"
    assert row["CF_FR_ZJHM"] == ""
    assert row["CF_GSJZQ"] > "2026/04/20"
    assert Event.objects.get(action="exchange.upload.made").facts["records"] == 3


def test_it_goes_on_where_it_stopped(tmp_path, penalties):
    first = _make(tmp_path)
    assert _make(tmp_path).records == 0

    world.load(world.file_write(tmp_path / "更正.csv", [world.penalty(2, CF_NR_FK="3")]))
    second = _make(tmp_path)

    assert (second.since, second.records) == (first.until, 1)
    assert _make(tmp_path, since=0).records == 3
    with pytest.raises(CursorAhead):
        _make(tmp_path, since=10**6)


def test_what_is_no_longer_on_display_is_withdrawn_with_its_reason(tmp_path, penalties):
    first = _make(tmp_path)
    act = world.file_write(tmp_path / "撤销.csv", [world.act("revocation", 1)], item_id="revocation")
    world.load(act)
    record_hold(record_id=world.record(2).record_id, event_date=TODAY, ground="核对", actor="甲", now=world.NOW)

    report = _make(tmp_path)

    assert (report.records, report.withdrawals) == (0, 2)
    _, (_, *gone) = _sheets(report.paths[0])
    reasons = {row[0]: row[5] for row in gone}
    assert "撤销" in reasons["奉市监罚字〔2026〕1号"]
    assert "暂停公示" in reasons["奉市监罚字〔2026〕2号"]
    assert _make(tmp_path).withdrawals == 0
    assert _make(tmp_path, since=first.until).withdrawals == 2

    record_release(record_id=world.record(2).record_id, event_date=TODAY, ground="核对无误", actor="甲", now=world.NOW)
    assert _make(tmp_path).records == 1


def test_a_withdrawn_submission_is_withdrawn_upstream(tmp_path, penalties):
    _make(tmp_path)
    intake.submission_withdraw(number=penalties, actor="甲", reason="报错了", now=world.NOW)
    assert _make(tmp_path).withdrawals == 3


def test_past_its_term_a_record_is_in_no_export(tmp_path, penalties):
    _make(tmp_path)
    later = TODAY + timedelta(days=3 * 366)
    assert _make(tmp_path, on_date=later, since=0).records == 0
    assert _make(tmp_path, on_date=later, since=0).withdrawals == 3


def test_a_dispute_is_said(tmp_path, penalties):
    record_dispute(
        record_id=world.record(1).record_id,
        event_date=TODAY,
        until=TODAY + timedelta(days=10),
        ground="异议",
        actor="甲",
        now=world.NOW,
    )
    (_, *rows), _ = _sheets(_make(tmp_path).paths[0])
    assert ["收到异议，正在核查" in row[-1] for row in rows].count(True) == 1


def test_adverse_records_of_sole_traders_are_in_no_export(tmp_path):
    world.subject_make(1)
    world.subject_make(9, kind="SOLE_TRADER", prefix="92", name="演示夔门小吃店")
    sole = {"CF_XDR_MC": "演示夔门小吃店", "CF_XDR_LB": "个体工商户", "CF_XDR_SHXYM": world.code(9, prefix="92")}
    world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(9, **sole)]))
    assert CurrentRecord.objects.filter(is_sole_trader=True).count() == 1

    report = _make(tmp_path)

    assert (report.records, report.left_out) == (1, 1)
    text = "".join(cell for sheet in _sheets(report.paths[0]) for row in sheet for cell in row)
    assert "小吃店" not in text
    assert not UploadedRecord.objects.filter(record_id=world.record(9).record_id).exists()


def test_nothing_in_it_can_run(tmp_path):
    world.subject_make(1)
    world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1, CF_NR="=HYPERLINK(1)罚款二万元")]))

    report = _make(tmp_path, out=tmp_path / "上报.csv", as_csv=True)

    with report.paths[0].open(encoding="utf-8-sig", newline="") as file:
        _, row = csv.reader(file)
    assert "'=HYPERLINK(1)罚款二万元" in row
    assert report.paths[1].name == "上报-撤回.csv"


def test_what_was_sent_stays_on_record(tmp_path, penalties):
    _make(tmp_path)
    for table in (Upload, UploadedRecord):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table._meta.db_table}")


def test_the_command(tmp_path, penalties):
    with clock.fixed(world.NOW):
        out = str(tmp_path / "x.xlsx")
        result = CliRunner().invoke(export, ["--item", "penalty", "--out", out, "--by", "甲"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "上报 3 条" in result.output
    assert f"从 {Upload.objects.get().until} 接着来" in result.output
