"""What goes back to a department: templates, marked workbooks, lists of findings."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from tests.factories.intake_files import RESIDENT_ID, csv_bytes, penalty, real_catalogue, titled, xlsx_write

from xinheng.intake.checking.results import FINDING_COLUMNS
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.errors import OldTemplate, OriginalChanged, UnknownTemplateVersion
from xinheng.intake.reading import land
from xinheng.intake.workbooks import findings_csv_write, findings_export, marked, marked_workbook_write, template_write

ITEMS = [item.id for item in real_catalogue().items]


def finding(**changes):
    base = {
        "sheet": "处罚",
        "row": 2,
        "column": "罚款金额(万元)",
        "field": "CF_NR_FK",
        "value": "",
        "rule": "V05",
        "severity": FindingSeverity.REFUSE,
        "message": "处罚类别有罚款，但没有金额。",
        "expected": "大于 0 的金额",
        "fix": "填写罚款金额，单位万元。",
        "ground": "行政处罚法",
        "confidence": "SOURCED",
    }
    return Finding(**base | changes)


def landed_from(path: Path, *, item_id: str = "administrative_penalty"):
    return land(path, out=path.parent / "landed.parquet", catalogue=real_catalogue(), item_id=item_id)


class TestTemplate:
    @pytest.mark.parametrize("item_id", ITEMS)
    def test_a_filled_template_lands_completely(self, tmp_path, item_id):
        item = real_catalogue().item(item_id)
        template_write(item=item, catalogue=real_catalogue(), out=tmp_path / "模板.xlsx")
        book = openpyxl.load_workbook(tmp_path / "模板.xlsx")
        sheet = book.worksheets[0]
        for column in range(1, sheet.max_column + 1):
            sheet.cell(4, column).value = f"值{column}"
        book.save(tmp_path / "填好.xlsx")

        landed = landed_from(tmp_path / "填好.xlsx", item_id=item_id)

        collected = [field.key for field in item.fields if not field.identity_document]
        assert list(landed.columns) == collected
        assert landed.template_version == item.template_version
        assert (landed.row_count, landed.findings) == (1, ())

    def test_has_drop_downs_notes_version_and_no_columns_for_papers(self, tmp_path):
        item = real_catalogue().item("administrative_penalty")

        template_write(item=item, catalogue=real_catalogue(), out=tmp_path / "t.xlsx")

        book = openpyxl.load_workbook(tmp_path / "t.xlsx")
        assert book.sheetnames[1:] == ["填表说明", "代码表"]
        assert book.defined_names["模板版本"].value == "'填表说明'!$B$2"
        assert book["填表说明"]["B2"].value == item.template_version
        sheet = book.worksheets[0]
        labels = [cell.value.lstrip("*") for cell in sheet[3]]
        assert not {"证件号码", "法定代表人证件号码"} & set(labels)
        assert sheet["A3"].comment.text.startswith("必填")
        lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"}
        assert len(lists) == 2
        assert all(source.startswith("'代码表'!$") for source in lists.values())

    @pytest.mark.parametrize(("version", "error"), [("2025.03", OldTemplate), ("2031.01", UnknownTemplateVersion)])
    def test_another_version_is_refused_by_name(self, tmp_path, version, error):
        item = real_catalogue().item("administrative_penalty").model_copy(update={"template_version": version})
        template_write(item=item, catalogue=real_catalogue(), out=tmp_path / "旧.xlsx")

        with pytest.raises(error, match=rf"行政处罚信息（双公示）（模板版本 {version}）.*2026\.11"):
            landed_from(tmp_path / "旧.xlsx")

        assert not (tmp_path / "landed.parquet").exists()


class TestMarkedWorkbook:
    @pytest.fixture
    def sent(self, tmp_path: Path) -> Path:
        rows = [
            penalty(CF_NR_FK="", CF_FR_ZJHM="E00000001"),
            penalty(CF_SY=f"当事人 {RESIDENT_ID} 称", CF_XDR_MC="@SUM(1)"),
            penalty(CF_XDR_LB="自然人", CF_XDR_MC="演示人乙", CF_XDR_ZJHM="E00000000"),
            penalty(),
        ]
        return xlsx_write(tmp_path / "来文.xlsx", {"处罚": [["演示标题"], *titled(rows)], "附注": [["不相干"]]})

    def test_same_order_result_column_boxes_and_comments(self, sent, tmp_path):
        landed = landed_from(sent)
        findings = [
            finding(row=3),
            finding(
                row=3, rule="V17", severity=FindingSeverity.EXPLAIN, field="CF_JDRQ", column="处罚决定日期", message="迟报"
            ),
            finding(row=6, rule="V12", severity=FindingSeverity.NOTE, field="", column="", message="整行的提示"),
        ]

        made = marked_workbook_write(landed=landed, findings=[*findings, *landed.findings], out=tmp_path / "标记.xlsx")

        assert (made.marked, made.rest, made.only_problem_rows) == (3, 0, False)
        book = openpyxl.load_workbook(made.path)
        assert book.sheetnames == ["问题汇总", "处罚"]
        sheet = book["处罚"]
        assert [sheet.cell(row, 1).value for row in range(2, 7)] == [
            "处理结果",
            "必须改正 1 处，需要说明 1 处",
            "可以提交",
            "自然人，不接收（内容已删除）",
            "提示 1 处",
        ]
        assert sheet["A1"].value is None
        assert sheet["B1"].value == "演示标题"
        labels = [cell.value for cell in sheet[2]]
        cell = sheet.cell(3, labels.index("罚款金额(万元)") + 1)
        assert cell.border.left.style == "thick"
        assert "没有金额" in cell.comment.text
        assert "怎么改：填写罚款金额" in cell.comment.text
        assert "整行的提示" in sheet.cell(6, 1).comment.text
        assert sheet["B4"].value == "'@SUM(1)"
        assert [c.value for c in sheet[5] if c.value] == ["自然人，不接收（内容已删除）", "自然人"]
        everything = "".join(str(c.value) for row in sheet.iter_rows() for c in row)
        assert RESIDENT_ID not in everything
        assert "演示人乙" not in everything
        assert "V05" in [cell.value for cell in book["问题汇总"]["A"]]

    def test_mended_and_sent_again_it_reads_like_the_original(self, sent, tmp_path):
        landed = landed_from(sent)
        before = pl.read_parquet(landed.parquet).filter(~pl.col("_person"))
        made = marked_workbook_write(landed=landed, findings=[finding(row=3)], out=tmp_path / "标记.xlsx")

        again = landed_from(made.path)

        after = pl.read_parquet(again.parquet).filter(~pl.col("_person"))
        changed = ("CF_SY", "CF_FR_ZJHM", "_pii")
        assert after.drop(changed).equals(before.drop(changed))
        assert set(after["CF_FR_ZJHM"]) == {""}
        assert [found.rule for found in again.findings] == ["F12"]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
    def test_text_files_come_back_as_workbooks_row_for_row(self, tmp_path, encoding):
        path = tmp_path / "来文.csv"
        path.write_bytes(csv_bytes([["标题"], [], *titled([penalty(CF_WSH="一"), penalty(CF_WSH="二")])], encoding=encoding))

        made = marked_workbook_write(landed=landed_from(path), findings=[finding(sheet="CSV", row=5)], out=tmp_path / "m.xlsx")

        sheet = openpyxl.load_workbook(made.path)["CSV"]
        assert [sheet.cell(row, 1).value for row in (3, 4, 5)] == ["处理结果", "可以提交", "必须改正 1 处"]
        assert sheet["B1"].value == "标题"

    def test_a_registered_code_that_looks_like_an_id_comes_back_whole(self, tmp_path):
        path = tmp_path / "来文.csv"
        path.write_bytes(csv_bytes(titled([penalty(CF_XDR_SHXYM=RESIDENT_ID)])))
        landed = land(
            path,
            out=tmp_path / "o.parquet",
            catalogue=real_catalogue(),
            item_id=None,
            known_codes=frozenset({RESIDENT_ID}),
        )

        made = marked_workbook_write(landed=landed, findings=[], out=tmp_path / "m.xlsx")

        assert RESIDENT_ID in [cell.value for cell in openpyxl.load_workbook(made.path)["CSV"][2]]

    def test_beyond_the_cap_the_rest_is_a_list(self, sent, tmp_path, monkeypatch):
        monkeypatch.setattr(marked, "MARKED_FINDINGS", 2)

        made = marked_workbook_write(
            landed=landed_from(sent), findings=(finding(row=row) for row in (3, 4, 5, 6)), out=tmp_path / "标记.xlsx"
        )

        assert (made.marked, made.rest) == (2, 2)
        assert made.rest_path is not None
        rows = list(csv.reader(made.rest_path.read_text(encoding="utf-8-sig").splitlines()))
        assert [row[1] for row in rows] == ["行", "5", "6"]

    def test_of_a_huge_table_only_rows_with_problems_come_back(self, sent, tmp_path, monkeypatch):
        monkeypatch.setattr(marked, "MARKED_CELLS", 10)

        made = marked_workbook_write(landed=landed_from(sent), findings=[finding(row=6)], out=tmp_path / "标记.xlsx")

        sheet = openpyxl.load_workbook(made.path)["处罚"]
        assert made.only_problem_rows
        assert [[cell.value for cell in row[:2]] for row in sheet.iter_rows(min_row=2)] == [
            ["处理结果", "原行号"],
            ["必须改正 1 处", "6"],
        ]
        assert landed_from(made.path).findings == ()

    def test_another_file_is_not_marked(self, sent, tmp_path):
        landed = landed_from(sent)
        sent.write_bytes(sent.read_bytes() + b" ")

        with pytest.raises(OriginalChanged):
            marked_workbook_write(landed=landed, findings=[], out=tmp_path / "标记.xlsx")


class TestExports:
    FOUND = (
        finding(value="=1+1"),
        finding(row=0, sheet="", column="", severity=FindingSeverity.NOTE, rule="F04", message="公式"),
    )

    def test_json_is_for_software(self):
        out = io.BytesIO()

        assert findings_export(self.FOUND, form="json", out=out) == 2

        told = json.loads(out.getvalue())
        assert told["counts"] == {"REFUSE": 1, "EXPLAIN": 0, "NOTE": 1}
        assert told["findings"][0]["rule"] == "V05"
        assert set(told["findings"][0]) == {
            "sheet",
            "row",
            "column",
            "field",
            "value",
            "rule",
            "severity",
            "message",
            "expected",
            "fix",
            "ground",
            "confidence",
        }

    def test_json_of_nothing_is_valid(self):
        out = io.BytesIO()
        findings_export((), form="json", out=out)
        assert json.loads(out.getvalue())["findings"] == []

    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_no_cell_runs_as_a_formula(self, form, tmp_path):
        path = tmp_path / f"问题.{form}"

        findings_export(self.FOUND, form=form, out=path)

        if form == "csv":
            rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        else:
            rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows()]
        assert rows[0][:4] == ["工作表", "行", "列", "表中的值"]
        assert rows[1][3] == "'=1+1"
        assert rows[2][1] == "整份文件"

    def test_text_says_where_what_and_how(self):
        out = io.BytesIO()

        findings_export(self.FOUND, form="text", out=out)

        text = out.getvalue().decode()
        assert "“处罚”第 2 行，列“罚款金额(万元)”〔必须改正·V05〕" in text
        assert "怎么改：填写罚款金额，单位万元。" in text
        assert text.endswith("共 2 处：必须改正 1 处，提示 1 处。\n")


class TestFindingsAsTable:
    ODD = (
        "", " ", "plain", "=1+1", "  =1", " -1", "-1", "-1,000.50", "-1.2.3", "-", "-,", "-.", "-.5", "-5.", "--5", "+1", "@x", "％", "%d",
        "|", "\t=1", "\n=1", "\r", "a\rb", "a\nb", 'a"b', "a,b", '"', "＝1", "－1", "＋", "＠", "-１", "'", "'=1", " , ", "\u3000=1", "null",
        "-1,2,.3,", "-,1",
    )  # fmt: skip

    @pytest.mark.parametrize("name", ["sheet", "column", "value", "message", "expected", "fix", "ground"])
    def test_csv_of_a_file_is_csv_of_its_findings(self, name, tmp_path):
        found = [finding(**{name: text}) for text in self.ODD]
        found += [finding(row=0, sheet="", severity=severity) for severity in FindingSeverity]
        found += [finding(confidence=confidence) for confidence in ("VERIFIED", "SOURCED", "PROVISIONAL", "?")]
        columns = {field: [str(getattr(one, field)) for one in found] for field in FINDING_COLUMNS if field != "row"}
        pl.DataFrame(columns | {"row": [one.row for one in found]}).write_parquet(tmp_path / "findings.parquet")
        one_by_one, at_once = io.BytesIO(), io.BytesIO()

        findings_export(found, form="csv", out=one_by_one)
        findings_csv_write(tmp_path / "findings.parquet", out=at_once)

        assert at_once.getvalue() == one_by_one.getvalue()
