"""``xinheng intake check``: what people and software are told, and that nothing is kept."""

import csv
import io
import json
from datetime import date

import openpyxl
import pytest
from click.testing import CliRunner
from tests.factories.checks import example
from tests.factories.intake_files import RESIDENT_ID, csv_bytes, titled

from xinheng.adapters import clock
from xinheng.intake.cli import intake

TODAY = date(2026, 11, 20)


@pytest.fixture
def run(tmp_path):
    def call(content, *options, register=False):
        path = tmp_path / "处罚.csv"
        path.write_bytes(content)
        with clock.fixed(TODAY):
            arguments = ["check", str(path), *options, *([] if register else ["--no-register"])]
            return CliRunner().invoke(intake, arguments, catch_exceptions=False)

    return call


def table(*rows):
    return csv_bytes(titled([example(**row) for row in rows]))


def test_a_clean_file_ends_with_0(run):
    result = run(table({}))

    assert result.exit_code == 0
    assert "1行中1行可以提交，0行要处理" in result.output
    assert "没有发现问题" in result.output


def test_problems_are_told_by_rule_most_frequent_first_and_end_with_1(run):
    result = run(
        table(
            {"CF_WSH": "一〔2026〕1号", "CF_NR_FK": ""}, {"CF_WSH": "一〔2026〕2号", "CF_NR_FK": ""}, {"CF_YXQ": "9999-12-31"}
        )
    )

    assert result.exit_code == 1
    assert "3行中0行可以提交，3行要处理" in result.output
    assert result.output.index("有罚款但没有金额（V05）2处〔必须改正〕") < result.output.index("（C05）1处")
    assert "第2行  处罚类别里有罚款，“罚款金额(万元)”是空的" in result.output
    assert "怎么改：按决定书填写罚款金额" in result.output


def test_what_must_only_be_explained_ends_with_0(run):
    result = run(table({"CF_JDRQ": "2026-11-10"}))

    assert result.exit_code == 0
    assert "1行中0行可以提交，1行要处理" in result.output
    assert "需要说明1行" in result.output
    assert "第8个工作日" in result.output


def test_a_file_that_cannot_be_read_ends_with_2(run):
    assert run(b"").exit_code == 2
    refused = run(b"", "--format", "json")
    assert refused.exit_code == 2
    assert json.loads(refused.output)["error"]["code"] == "intake.file_empty"


def test_software_reads_json(run):
    result = run(table({"CF_NR_FK": "", "BZ": f"证件{RESIDENT_ID}"}), "--format", "json")

    told = json.loads(result.output)
    assert result.exit_code == 1
    assert told["item"] == "administrative_penalty"
    assert told["totals"]["refused"] == 1
    assert {rule["rule"]: rule["findings"] for rule in told["rules"]} == {"V05": 1, "V13": 1}
    finding = next(finding for finding in told["findings"] if finding["rule"] == "V05")
    assert (finding["row"], finding["column"], finding["field"], finding["severity"]) == (
        2,
        "罚款金额(万元)",
        "CF_NR_FK",
        "REFUSE",
    )
    assert RESIDENT_ID not in result.output


def test_spreadsheets_read_csv_and_xlsx(run, tmp_path):
    content = table({"CF_NR_FK": ""})

    as_csv = run(content, "--format", "csv", "--out", str(tmp_path / "问题.csv"))
    as_xlsx = run(content, "--format", "xlsx", "--out", str(tmp_path / "问题.xlsx"))

    assert as_csv.exit_code == as_xlsx.exit_code == 1
    lines = list(csv.reader(io.StringIO((tmp_path / "问题.csv").read_text("utf-8-sig"))))
    assert len(lines) == 2
    sheet = openpyxl.load_workbook(tmp_path / "问题.xlsx").active
    assert sheet.max_row == 2


def test_xlsx_needs_a_file_name(run):
    assert run(table({}), "--format", "xlsx").exit_code == 2


def test_a_missing_column_is_told_once(run):
    rows = titled([example(), example(CF_WSH="一〔2026〕2号")])
    column = rows[0].index("处罚依据")
    result = run(csv_bytes([[cell for index, cell in enumerate(row) if index != column] for row in rows]))

    assert result.exit_code == 1
    assert "2行中0行可以提交" in result.output
    assert "“处罚依据”没有填（共2行）" in result.output
    assert "（C01）" not in result.output


def test_natural_persons_are_counted_and_not_repeated(run):
    result = run(table({}, {"CF_XDR_LB": "自然人", "CF_XDR_MC": "演示人乙", "CF_XDR_SHXYM": ""}))

    assert result.exit_code == 1
    assert "其中自然人1行，不收" in result.output
    assert "演示人乙" not in result.output


def test_a_row_wider_than_the_header_is_refused_with_its_reason(run):
    rows = titled([example(), example(CF_WSH="一〔2026〕2号")])
    rows[2].append("多出来的")

    result = run(csv_bytes(rows))

    assert result.exit_code == 1
    assert "2行中1行可以提交" in result.output


@pytest.mark.django_db
def test_a_subject_that_the_register_does_not_have_is_a_doubt(run):
    result = run(table({}), register=True)

    assert result.exit_code == 0
    assert "主体存疑：名称、代码与登记库对不上（V03）1处〔需要说明〕" in result.output


@pytest.mark.django_db
def test_a_refused_row_is_not_asked_about_as_well(run):
    result = run(table({"CF_NR_FK": ""}), register=True)

    assert "V03" not in result.output
