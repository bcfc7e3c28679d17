"""The commands that a department uses, in the words it reads."""

import json

import pytest
from click.testing import CliRunner
from tests.factories import intake_world as world

from xinheng.adapters import clock
from xinheng.intake import selectors
from xinheng.intake.cli import act, intake
from xinheng.intake.models import Submission
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with clock.fixed(world.NOW):
        yield


@pytest.fixture
def subjects():
    return [world.subject_make(number) for number in (1, 2)]


def _run(group, *arguments, code=0):
    result = CliRunner().invoke(group, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


PERSONS = ("--organ", world.ORGAN_NAME, "--clerk", "演示经办", "--reviewer", "演示审核")


def test_load_prints_a_receipt(tmp_path, subjects):
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2, CF_NR_FK="")])

    output = _run(intake, "load", path, *PERSONS, "--desensitised", "--out-dir", tmp_path, code=1)

    assert "回执 FJ-20260420-0001　已入库　2026年4月20日 10:41" in output
    assert "入库 1（新增1，更正0）" in output
    assert "退回改正 1" in output
    assert Submission.objects.get().file_sha256 in output
    assert "xinheng intake withdraw FJ-20260420-0001" in output
    assert "2026年7月19日后销毁" in output
    assert "应在2026年4月24日前报送" in output
    assert "标记表" in output
    assert len(list(tmp_path.glob("*标记表*.xlsx"))) == 1
    assert _run(intake, "receipt", "FJ-20260420-0001") in output


def test_a_receipt_for_software(tmp_path, subjects):
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1)])
    receipt = json.loads(_run(intake, "load", path, *PERSONS, "--format", "json"))
    assert (receipt["new"], receipt["state"], receipt["marked"]) == (1, "PUBLISHED", [])
    again = json.loads(_run(intake, "receipt", receipt["number"], "--format", "json"))
    assert again["file_sha256"] == receipt["file_sha256"]


def test_a_file_that_is_no_table_ends_with_its_own_exit_code(tmp_path):
    path = tmp_path / "通知.csv"
    path.write_text("标题,内容\n通知,请各单位注意\n" * 40, encoding="utf-8")
    output = _run(intake, "load", path, *PERSONS, code=2)
    assert "没有接收" in output


def test_status_tells_the_time_line(tmp_path, subjects):
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1)])
    _run(intake, "load", path, *PERSONS)
    assert "FJ-20260420-0001　已入库" in _run(intake, "status")
    output = _run(intake, "status", "FJ-20260420-0001")
    assert [word in output for word in ("已收到", "已读入", "已检查", "已核对主体", "已提交审核", "已确认", "已入库")] == [
        True
    ] * 7


def test_withdraw_and_resume(tmp_path, subjects):
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1)])
    _run(intake, "load", path, *PERSONS)
    output = _run(intake, "withdraw", "FJ-20260420-0001", "--by", "甲", "--reason", "报错了")
    assert "已撤回记录1条" in output
    assert CurrentRecord.objects.get().withdrawn
    assert "没有中断的批次" in _run(intake, "resume")


def test_doubts_are_listed_decided_and_undone(tmp_path, subjects):
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2, CF_XDR_MC=world.name(1))])
    _run(intake, "load", path, *PERSONS, "--out-dir", tmp_path, code=1)
    doubt = selectors.doubts_open().get()

    listed = _run(intake, "doubts")
    assert f"存疑 {doubt.pk}" in listed
    assert f"候选 {subjects[1].pk}" in listed
    chosen = ("--subject", subjects[1].pk, "--by", "丙", "--confirmed-by", "丁", "--reason", "核对过决定书")
    assert "已确认" in _run(intake, "decide", doubt.pk, *chosen)
    assert CurrentRecord.objects.filter(withdrawn=False).count() == 2
    assert "重新待确认" in _run(intake, "undo", doubt.pk, "--by", "丙", "--reason", "看错了")
    assert CurrentRecord.objects.filter(withdrawn=False).count() == 1
    assert "都不是" in _run(intake, "decide", doubt.pk, "--none-of-them", "--by", "丙", "--reason", "都不是")


def test_an_act_is_imported(tmp_path, subjects):
    _run(intake, "load", world.file_write(tmp_path / "处罚.csv", [world.penalty(1)]), *PERSONS)
    sheet = world.file_write(tmp_path / "撤销.csv", [world.act("revocation", 1)], item_id="revocation")
    assert "已生效 1" in _run(act, "import", sheet, *PERSONS)
    assert CurrentRecord.objects.get().revoked_date is not None


def test_the_original_with_its_purpose(tmp_path, subjects):
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1)])
    _run(intake, "load", path, *PERSONS)
    out = tmp_path / "原件.csv"
    _run(intake, "original", "FJ-20260420-0001", "--by", "甲", "--purpose", "核对", "--out", out)
    assert out.read_bytes() == path.read_bytes()


def test_templates(tmp_path):
    out = tmp_path / "模板.xlsx"
    assert "2026.11版" in _run(intake, "template", "administrative_penalty", out)
    assert out.stat().st_size > 0
    assert "administrative_penalty" in _run(intake, "template", "没有这一项", out, code=2)
