"""Landing: what a readable file becomes."""

import datetime as dt
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
import xlwt
from tests.factories.intake_files import RESIDENT_ID, csv_bytes, penalty, real_catalogue, titled, xlsx_write

from xinheng.intake.domain import FileKind, Landed
from xinheng.intake.reading import DELETED, land

Land = Callable[..., tuple[Landed, pl.DataFrame]]


@pytest.fixture
def read(tmp_path: Path) -> Land:
    def do(content: bytes | Path, *, name: str = "表.csv", item_id: str | None = "administrative_penalty", **options):
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        landed = land(path, out=tmp_path / "landed.parquet", catalogue=real_catalogue(), item_id=item_id, **options)
        return landed, pl.read_parquet(landed.parquet)

    return do


def rules(landed: Landed) -> set[str]:
    return {finding.rule for finding in landed.findings}


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_encoding_and_delimiter_are_detected(self, read, encoding, delimiter):
        landed, table = read(csv_bytes(titled([penalty()] * 3), encoding=encoding, delimiter=delimiter))

        assert landed.item_id == "administrative_penalty"
        assert (landed.encoding, landed.delimiter, landed.kind) == (encoding, delimiter, FileKind.CSV)
        assert table["CF_XDR_MC"].to_list() == ["演示夔门云帆食品有限公司"] * 3
        assert table["_row"].to_list() == [2, 3, 4]
        assert landed.findings == ()

    def test_the_table_has_all_columns_of_the_item_as_text_in_a_fixed_order(self, read):
        _, table = read(csv_bytes([["CF_WSH", "CF_XDR_MC", "CF_JDRQ"], ["1号", "甲公司", "2026-04-09"]]))

        keys = [field.key for field in real_catalogue().item("administrative_penalty").fields]
        assert table.columns == ["_sheet", "_row", *keys, "_pii", "_unknown", "_spare", "_person"]
        assert set(table.select(keys).dtypes) == {pl.String}
        assert table.select(pl.all().null_count().sum()).row(0) == (0,) * len(table.columns)

    def test_rows_are_numbered_as_a_spreadsheet_program_shows_them(self, read):
        table = titled([penalty(CF_SY="第一行\n第二行"), penalty(), penalty(CF_WSH="三")])
        content = csv_bytes([["演示县行政处罚信息表"], [], *table[:2], [], [""] * 30, *table[2:]])

        _, rows = read(content)

        assert rows["_row"].to_list() == [4, 7, 8]
        assert rows["CF_SY"][0] == "第一行\n第二行"

    def test_a_quotation_mark_inside_plain_text_is_text(self, read):
        lines = csv_bytes(titled([penalty(), penalty(CF_WSH="二")])).decode()
        content = lines.replace("销售超过保质期的食品。", '5" 管件', 1).encode()

        _, rows = read(content)

        assert rows["CF_SY"].to_list() == ['5" 管件', "销售超过保质期的食品。"]
        assert rows["CF_WSH"].to_list()[1] == "二"

    def test_a_row_with_more_fields_than_the_header_is_told_not_cut_off(self, read):
        table = titled([penalty(), penalty()])
        table[2].append("多出来的")

        landed, rows = read(csv_bytes(table))

        assert [(f.rule, f.row) for f in landed.findings] == [("F14", 3)]
        assert rows["_spare"].to_list() == ["", "多出来的"]

    def test_lines_of_old_macs_end_with_cr(self, read):
        _, rows = read(csv_bytes(titled([penalty()] * 2)).replace(b"\r\n", b"\r"))

        assert rows.height == 2


class TestHeader:
    def test_national_codes_and_labels_in_any_order_under_title_rows(self, read):
        content = csv_bytes(
            [
                ["行政处罚信息归集表"],
                ["填报单位：演示县市场监督管理局"],
                ["cfJdrq", "CF_WSH", " *行政相对人名称（必填）", "统一社会信用代码", "没人认识的列"],
                ["2026年4月9日", "演市监罚〔2026〕1号", "甲公司", "９1500236ma00te5t2k", "x"],
            ]
        )

        landed, rows = read(content, item_id=None)

        assert landed.columns["CF_XDR_MC"] == "*行政相对人名称（必填）"
        assert landed.column_letters == {"CF_JDRQ": "A", "CF_WSH": "B", "CF_XDR_MC": "C", "CF_XDR_SHXYM": "D"}
        assert landed.unknown_columns == ("没人认识的列",)
        assert rows.select("CF_JDRQ", "CF_WSH", "CF_XDR_MC", "CF_XDR_SHXYM", "_row").row(0) == (
            "2026年4月9日",
            "演市监罚〔2026〕1号",
            "甲公司",
            "91500236MA00TE5T2K",
            4,
        )
        assert json.loads(rows["_unknown"][0]) == {"没人认识的列": "x"}

    def test_labels_above_codes_are_one_header_and_no_data(self, read):
        table = titled([penalty()])
        keys = [field.key for field in real_catalogue().item("administrative_penalty").fields]

        _, rows = read(csv_bytes([table[0], keys, table[1]]))

        assert rows["_row"].to_list() == [3]

    def test_a_header_of_two_rows_is_put_together(self, read):
        upper = ["行政相对人名称", "行政相对人代码", "", "行政处罚决定书文号", "处罚决定日期"]
        lower = ["", "统一社会信用代码", "工商注册号", "", ""]

        _, rows = read(csv_bytes([upper, lower, ["甲公司", "91500236MA00TE5T2K", "5002360", "1号", "2026-04-09"]]))

        assert rows.select("CF_XDR_MC", "CF_XDR_SHXYM", "CF_XDR_GSZC", "CF_WSH", "CF_JDRQ").row(0) == (
            "甲公司",
            "91500236MA00TE5T2K",
            "5002360",
            "1号",
            "2026-04-09",
        )

    def test_a_fine_in_yuan_is_not_taken_for_ten_thousands(self, read):
        landed, rows = read(
            csv_bytes([["CF_WSH", "CF_XDR_MC", "CF_JDRQ", "罚款金额（元）"], ["1号", "甲", "2026-04-09", "20000"]])
        )

        assert rows["CF_NR_FK"].to_list() == [""]
        assert landed.unknown_columns == ("罚款金额（元）",)

    def test_a_repeated_header_is_no_data(self, read):
        table = titled([penalty()] * 2)

        landed, rows = read(csv_bytes([*table, table[0], table[1]]))

        assert rows["_row"].to_list() == [2, 3, 5]
        assert rules(landed) == {"F11"}


class TestCells:
    def test_what_copying_left_behind_is_removed_and_blank_marks_are_blank(self, read):
        row = penalty(
            CF_XDR_MC=" 演示\u200b公司_x000D_\u3000",
            CF_XDR_GSZC="-",
            CF_XDR_ZZJG="空",
            BZ="——",
            CF_NR_FK="２．５",
            CF_JDRQ="46121",
        )

        landed, rows = read(csv_bytes(titled([row])))

        assert rows.select("CF_XDR_MC", "CF_XDR_GSZC", "CF_XDR_ZZJG", "BZ", "CF_NR_FK", "CF_JDRQ").row(0) == (
            "演示公司",
            "",
            "",
            "",
            "2.5",
            "2026-04-09",
        )
        assert rules(landed) == {"F09"}

    @pytest.mark.parametrize(
        ("written", "landed"),
        [
            ("2026-04-09 00:00:00", "2026-04-09"),
            ("2026/4/9 08:30", "2026/4/9"),
            ("2026年4月9日", "2026年4月9日"),
            ("46121.0", "2026-04-09"),
            ("12345", "12345"),
            ("20260409", "20260409"),
            ("９９９９-１２-３１", "9999-12-31"),
        ],
    )
    def test_dates_are_kept_but_for_serials_and_times(self, read, written, landed):
        _, rows = read(csv_bytes(titled([penalty(CF_JDRQ=written)])))

        assert rows["CF_JDRQ"].to_list() == [landed]

    def test_lost_characters_are_told(self, read):
        landed, _ = read(csv_bytes(titled([penalty(), penalty(CF_SY="销售锟斤拷食品")])))

        assert [(f.rule, f.row) for f in landed.findings] == [("F13", 3)]


class TestPersonalNumbers:
    def test_every_column_is_masked_and_reported_unknown_ones_included(self, read, tmp_path):
        table = titled([penalty(CF_SY=f"当事人{RESIDENT_ID}，电话１３８0013８000", CF_XDR_SHXYM=RESIDENT_ID)])
        table[0].append("经办人")
        table[1].append("13800138000")

        landed, rows = read(csv_bytes(table))

        assert rows["_pii"][0] == "CF_XDR_SHXYM:resident_id;CF_SY:resident_id;CF_SY:phone;经办人:phone"
        stored = (tmp_path / "landed.parquet").read_bytes()
        everything = json.dumps(rows.to_dicts(), ensure_ascii=False) + repr(landed)
        for secret in (RESIDENT_ID, "13800138000", "１３８0013８000"):
            assert secret not in everything
            assert secret.encode() not in stored
        assert rows["CF_SY"][0].startswith("当事人110***")

    def test_a_registered_code_that_looks_like_an_id_stays_in_code_columns_only(self, read):
        row = penalty(CF_XDR_SHXYM=RESIDENT_ID, BZ=RESIDENT_ID)

        _, rows = read(csv_bytes(titled([row])), known_codes=frozenset({RESIDENT_ID}))

        assert rows["CF_XDR_SHXYM"][0] == RESIDENT_ID
        assert rows["_pii"][0] == "BZ:resident_id"

    def test_numbers_of_documents_are_never_landed(self, read):
        landed, rows = read(csv_bytes(titled([penalty(CF_FR_ZJLX="身份证", CF_FR_ZJHM="任何号码"), penalty()])))

        assert rows["CF_FR_ZJHM"].to_list() == [DELETED, ""]
        assert rows["_pii"].to_list() == ["", ""]
        assert landed.dropped_columns == ("法定代表人证件类型", "法定代表人证件号码")

    @pytest.mark.parametrize(
        "row",
        [
            penalty(CF_XDR_LB="自然人", CF_XDR_MC="演示人乙", CF_XDR_SHXYM="", CF_XDR_ZJHM=RESIDENT_ID),
            penalty(CF_XDR_LB="", CF_XDR_MC="演示人乙", CF_XDR_SHXYM="", CF_XDR_ZJHM="护照E00000000"),
            penalty(CF_XDR_LB="０１-自然人", CF_XDR_MC="演示人乙"),
        ],
    )
    def test_rows_about_persons_keep_nothing_but_that_they_are(self, read, row):
        landed, rows = read(csv_bytes(titled([row, penalty()])))

        person = rows.row(0, named=True)
        filled = {key: value for key, value in person.items() if value not in ("", False)}
        assert filled == {"_sheet": "CSV", "_row": 2, "CF_XDR_LB": "自然人", "_person": True}
        assert landed.person_rows == 1
        assert "F12" in rules(landed)


class TestSpreadsheet:
    def test_real_dates_numbers_merged_cells_and_several_sheets(self, read, tmp_path):
        table = titled([penalty(CF_JDRQ=dt.date(2026, 4, 9), CF_NR_FK=0.000001, CF_WSH=f"{n}号") for n in range(3)])
        path = tmp_path / "两张.xlsx"
        with xlsxwriter.Workbook(path, {"default_date_format": "yyyy/mm/dd"}) as book:
            first, second, notes = book.add_worksheet("一月"), book.add_worksheet("二月"), book.add_worksheet("说明")
            for row, cells in enumerate(table):
                first.write_row(row + 2, 1, cells)
                second.write_row(row, 0, cells)
            first.merge_range(0, 1, 0, 8, "演示县行政处罚信息表")
            first.merge_range(3, 1, 5, 1, "合并公司")
            notes.write(0, 0, "随便写的")

        landed, rows = read(path)

        assert rows["_sheet"].to_list() == ["一月"] * 3 + ["二月"] * 3
        assert rows["_row"].to_list() == [4, 5, 6, 2, 3, 4]
        assert rows["CF_XDR_MC"].to_list() == ["合并公司"] * 3 + ["演示夔门云帆食品有限公司"] * 3
        assert set(rows["CF_JDRQ"]) == {"2026-04-09"}
        assert set(rows["CF_NR_FK"]) == {"0.000001"}
        assert landed.column_letters["CF_XDR_MC"] == "B"
        assert rules(landed) == {"F06", "F08"}
        assert [(s.name, s.header_row, s.first_data_row, s.row_count) for s in landed.sheets] == [
            ("一月", 3, 4, 3),
            ("二月", 1, 2, 3),
        ]

    def test_cells_merged_beside_the_table_are_told_and_nothing_else(self, read, tmp_path):
        plain = xlsx_write(tmp_path / "表.xlsx", {"表": titled([penalty(), penalty(CF_WSH="2号")])})
        path = tmp_path / "旁边.xlsx"
        merged = b'</sheetData><mergeCells count="1"><mergeCell ref="CZ2:CZ3"/></mergeCells>'
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                target.writestr(name, source.read(name).replace(b"</sheetData>", merged))

        landed, rows = read(path)

        assert rows["CF_WSH"].to_list()[1] == "2号"
        assert rules(landed) == {"F08"}

    def test_formulas_are_counted_and_their_saved_results_taken(self, read, tmp_path):
        table = titled([penalty(), penalty()])
        fine = table[0].index("罚款金额(万元)")
        path = tmp_path / "公式.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for row, cells in enumerate(table):
                sheet.write_row(row, 0, cells)
            sheet.write_formula(1, fine, "=1+1", None, 2)
            sheet.write_formula(2, fine, "=1/0", None, "#DIV/0!")

        landed, rows = read(path)

        assert landed.formulas == 2
        assert rows["CF_NR_FK"].to_list() == ["2", ""]
        assert rules(landed) == {"F04", "F05"}
        assert "T2" in landed.findings[0].message

    def test_a_code_typed_as_a_number_is_told(self, read, tmp_path):
        path = xlsx_write(tmp_path / "长.xlsx", {"表": titled([penalty(CF_XDR_SHXYM=915002360123456789)])})

        landed, rows = read(path)

        assert rows["CF_XDR_SHXYM"][0].startswith("915002360123")
        assert len(rows["CF_XDR_SHXYM"][0]) == 18
        assert rules(landed) == {"F10"}

    def test_day_numbers_of_workbooks_that_count_from_1904(self, read, tmp_path):
        path = tmp_path / "苹果.xlsx"
        with xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "yyyy/mm/dd"}) as book:
            sheet = book.add_worksheet()
            for row, cells in enumerate(titled([penalty(CF_JDRQ=dt.date(2026, 4, 9)), penalty(CF_JDRQ=46121 - 1462)])):
                sheet.write_row(row, 0, cells)

        _, rows = read(path)

        assert rows["CF_JDRQ"].to_list() == ["2026-04-09", "2026-04-09"]

    def test_names_with_a_prefix_as_some_exporters_write_them(self, read, tmp_path):
        good = xlsx_write(tmp_path / "好.xlsx", {"表": titled([penalty()] * 3)})
        path = tmp_path / "前缀.xlsx"
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                xml = source.read(name)
                if name.endswith("sheet1.xml"):
                    xml = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=")
                    xml = xml.replace(b"</x:row>", b'<x:c r="AZ1"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>', 1)
                target.writestr(name, xml)

        landed, rows = read(path)

        assert rows["CF_XDR_MC"].to_list() == ["演示夔门云帆食品有限公司"] * 3
        assert landed.formulas == 1

    def test_a_hidden_sheet_is_read_and_told(self, read, tmp_path):
        path = xlsx_write(
            tmp_path / "藏.xlsx", {"明": titled([penalty()]), "暗": titled([penalty(CF_WSH="暗1号")])}, hidden=["暗"]
        )

        landed, rows = read(path)

        assert rows.height == 2
        assert rules(landed) == {"F07"}

    def test_xls(self, read, tmp_path):
        book = xlwt.Workbook()
        sheet = book.add_sheet("表")
        style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
        for row, cells in enumerate(titled([penalty(CF_JDRQ=dt.date(2026, 4, 9)), penalty(CF_NR_FK=xlwt.Formula("1+1"))])):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell, style if isinstance(cell, dt.date) else xlwt.Style.default_style)
        path = tmp_path / "旧.xls"
        book.save(str(path))

        landed, rows = read(path)

        assert landed.kind is FileKind.XLS
        assert landed.formulas == 1
        assert rows["CF_JDRQ"].to_list() == ["2026-04-09", "2026-04-09"]
        assert rows["CF_XDR_MC"].to_list() == ["演示夔门云帆食品有限公司"] * 2

    def test_the_content_decides_not_the_name(self, read):
        landed, _ = read(csv_bytes(titled([penalty()])), name="其实是文本.xlsx")

        assert landed.kind is FileKind.CSV
        assert rules(landed) == {"F15"}


def test_a_licence_file_is_recognised_by_itself(read):
    row = {"XK_XDR_MC": "甲公司", "XK_WSH": "演许〔2026〕1号", "XK_YXQZI": "2099/12/31"}

    landed, rows = read(csv_bytes(titled([row], item_id="administrative_licence")), item_id=None)

    assert landed.item_id == "administrative_licence"
    assert rows["XK_YXQZI"].to_list() == ["2099/12/31"]
