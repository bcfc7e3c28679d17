"""The register: a first import, deltas, refusals. All organisations are invented (region 500236)."""

from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from xlsxwriter import Workbook

from xinheng.adapters.clock import CHINA
from xinheng.audit.models import Event
from xinheng.subjects import errors, services
from xinheng.subjects.cli import register
from xinheng.subjects.domain import uscc_check_char
from xinheng.subjects.models import RegisterImport, Subject

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=CHINA)
FIRM, TRADER, COOPERATIVE = "91500236MA00TE5T2K", "92500236MA00T5T11R", "93500236000000051N"


def code(body: str) -> str:
    return body + uscc_check_char(body)


def row(name: str, uscc: str = "", **more: str) -> dict[str, str]:
    return {"企业名称": name, "统一社会信用代码": uscc, **more}


class TestFirstImport:
    def test_takes_codes_kinds_and_dates(self, import_rows) -> None:
        report = import_rows(
            row("演示夔门食品有限公司", FIRM, 注册日期="2019-05-06", 注册地址="重庆市奉节县永安街道演示路1号", 所在省份="重庆"),
            row("演示诗城面馆", TRADER, 企业类型="个体工商户", 注册地址="重庆市奉节县永安街道演示路2号"),
            row("演示脐橙专业合作社", COOPERATIVE),
        )
        assert (report.counts["rows"], report.counts["new"], report.counts["refused"]) == (3, 3, 0)
        firm = Subject.objects.get(uscc=FIRM)
        assert (firm.kind, firm.established_date, firm.township) == ("ENTERPRISE", date(2019, 5, 6), "永安街道")
        assert firm.organisation_code == FIRM[8:17]
        assert firm.public_address == "重庆市奉节县永安街道演示路1号"
        trader = Subject.objects.get(uscc=TRADER)
        assert trader.is_sole_trader
        assert trader.public_address == "永安街道"
        assert firm.names.get().name == "演示夔门食品有限公司"
        assert Event.objects.get().action == "subjects.register.imported"
        assert RegisterImport.objects.get().counts["new"] == 3

    def test_same_file_again_changes_nothing(self, import_rows) -> None:
        rows = [row("演示夔门食品有限公司", FIRM, 注册地址="奉节县永安街道1号"), row("演示面馆", TRADER)]
        import_rows(*rows)
        report = import_rows(*rows)
        assert report.counts["unchanged"] == 2
        assert report.changes == ()
        assert Subject.objects.count() == 2

    def test_full_width_lower_case_and_spaces_are_the_same_code(self, import_rows) -> None:
        import_rows(row("演示甲有限公司", " ９1500236ma00te5t2k "))
        assert Subject.objects.get().uscc == FIRM

    def test_dry_run_stores_nothing(self, import_rows) -> None:
        assert import_rows(row("演示甲有限公司", FIRM), dry_run=True).counts["new"] == 1
        assert not Subject.objects.exists()
        assert not Event.objects.exists()

    def test_issued_code_that_fails_the_check_is_taken_and_marked(self, import_rows) -> None:
        report = import_rows(row("演示甲有限公司", FIRM[:17] + "L"))
        assert report.counts["irregular_codes"] == 1
        assert Subject.objects.get().is_irregular_code
        assert report.notes[0].note_code == "check_character_fails"

    @pytest.mark.parametrize(
        ("written", "field"),
        [("500236NA000001X", "registration_no"), ("5002361100001", "registration_no"), ("MA00TE5T-2", "organisation_code")],
    )
    def test_older_codes_in_the_code_column_go_where_they_belong(self, import_rows, written: str, field: str) -> None:
        import_rows(row("演示旧厂", written))
        subject = Subject.objects.get()
        assert subject.uscc is None
        assert getattr(subject, field) == written.replace("-", "")

    def test_shifted_cells_are_left_out_and_told(self, import_rows) -> None:
        report = import_rows(row("演示甲厂", FIRM, 企业类型="张三丰", 注册资金="李四", 所在省份="18万人民币"))
        assert [note.note_code for note in report.notes] == ["cell_left_out"] * 3
        assert "张三丰" not in str(Subject.objects.values().get())

    def test_personal_numbers_are_masked_and_personal_columns_not_read(self, import_rows) -> None:
        report = import_rows(
            row("演示甲厂", FIRM, 经营范围="食品，电话13812345678，11010519491231002X", 法定代表人="张三丰", 备注="无")
        )
        assert report.personal_columns == ("法定代表人",)
        assert report.unused_columns == ("备注",)
        stored = str(Subject.objects.values().get())
        assert "13812345678" not in stored
        assert "11010519491231002X" not in stored
        assert "张三丰" not in stored

    @pytest.mark.parametrize(
        ("name", "uscc", "reason_code", "words"),
        [
            ("", FIRM, "no_name", "没有名称"),
            ("演示甲厂", "", "no_code", "没有任何代码"),
            ("演示甲厂", "无", "no_code", "没有任何代码"),
            ("演示甲厂", "00000000000000000X", "no_code", "没有任何代码"),
            ("演示甲厂", "9150O236MAOOTE5T2K", "no_such_code", FIRM),
            ("演示甲厂", "915002360", "no_such_code", "应为18位"),
            ("演示甲厂", "11010519491231002X", "resident_id", "居民身份证"),
            ("演示甲厂", "110105194912310021", "resident_id", "居民身份证"),
            ("演示甲厂", "110105491231003", "resident_id", "居民身份证"),
            ("演" * 201, FIRM, "name_too_long", "最多200字"),
            ("演示13812345678厂", FIRM, "personal_number_in_name", "个人号码"),
        ],
    )
    def test_refusals_say_why_and_store_nothing(self, import_rows, name, uscc, reason_code, words) -> None:
        report = import_rows(row(name, uscc))
        assert report.refused[0].row == 2
        assert report.refused[0].reason_code == reason_code
        assert words in report.refused[0].reason
        assert "19491231" not in str(report.refused)
        assert not Subject.objects.exists()
        assert report.counts["rows"] == report.counts["refused"] == 1

    def test_one_code_under_two_names_is_refused_and_a_double_row_counted(self, import_rows) -> None:
        report = import_rows(
            row("演示甲厂", FIRM), row("演示乙厂", FIRM), row("演示（甲）厂", TRADER), row("演示(甲)厂", TRADER)
        )
        assert report.counts["new"] == 2
        assert report.counts["duplicate"] == 1
        assert [(item.row, item.reason_code) for item in report.refused] == [(3, "one_code_two_names")]

    def test_old_numbers_that_are_unique_in_one_office_only_need_the_name(self, import_rows) -> None:
        number = "企合渝总字第0010"
        report = import_rows(row("演示甲厂", number), row("演示乙厂", number), row("演示甲厂", number))
        assert (report.counts["new"], report.counts["duplicate"]) == (2, 1)
        assert import_rows(row("演示丙厂", number), row("演示乙厂", number)).counts["new"] == 1

    def test_line_breaks_inside_cells_go(self, import_rows) -> None:
        import_rows(row("演示甲\n有限公司", FIRM, 经营范围="食品\r\n\\.\n药品"))
        subject = Subject.objects.get()
        assert (subject.name, subject.business_scope) == ("演示甲有限公司", "食品 \\. 药品")

    def test_every_row_has_exactly_one_outcome(self, import_rows) -> None:
        counts = import_rows(row("演示甲厂", FIRM), row("演示乙厂", FIRM), row("", "x"), row("演示丙", "x")).counts
        outcomes = ("new", "updated", "unchanged", "stale", "duplicate", "refused")
        assert sum(counts[outcome] for outcome in outcomes) == counts["rows"] == 4


class TestDelta:
    def test_rename_keeps_the_old_name_and_the_number(self, import_rows) -> None:
        import_rows(row("演示旧名有限公司", FIRM))
        before = Subject.objects.get()
        report = import_rows(row("演示新名有限公司", FIRM, 变更日期="2026-03-01"))
        assert [(change.what, change.before, change.after) for change in report.changes] == [
            ("RENAMED", "演示旧名有限公司", "演示新名有限公司")
        ]
        after = Subject.objects.get()
        assert (after.pk, after.name) == (before.pk, "演示新名有限公司")
        assert list(after.names.order_by("pk").values_list("name", "valid_from", "valid_to", "is_current")) == [
            ("演示旧名有限公司", None, date(2026, 3, 1), False),
            ("演示新名有限公司", date(2026, 3, 1), None, True),
        ]

    def test_undated_rename_counts_from_the_day_of_the_import(self, import_rows) -> None:
        import_rows(row("演示旧名有限公司", FIRM))
        import_rows(row("演示新名有限公司", FIRM), now=NOW + timedelta(days=3))
        assert Subject.objects.get().names.get(is_current=True).valid_from == date(2026, 11, 25)

    def test_older_file_does_not_bring_the_old_name_back(self, import_rows) -> None:
        import_rows(row("演示旧名有限公司", FIRM))
        import_rows(row("演示新名有限公司", FIRM, 变更日期="2026-03-01"))
        report = import_rows(row("演示旧名有限公司", FIRM))
        assert report.counts["stale"] == 1
        assert Subject.objects.get().name == "演示新名有限公司"

    def test_typographic_difference_is_no_rename(self, import_rows) -> None:
        import_rows(row("演示（重庆）食品有限公司", FIRM))
        assert import_rows(row("演示(重庆)食品 有限公司", FIRM)).counts["unchanged"] == 1

    def test_changed_code_by_the_former_code(self, import_rows) -> None:
        import_rows(row("演示甲有限公司", FIRM))
        new_code = code("91500236MA5Y00XX9")
        report = import_rows(row("演示甲有限公司", new_code, 原统一社会信用代码=FIRM, 变更日期="2026-05-01"))
        assert report.counts["uscc"] == 1
        subject = Subject.objects.get()
        assert subject.uscc == new_code
        codes = subject.codes.filter(code_type="USCC").order_by("pk").values_list("code", "valid_to", "is_current")
        assert list(codes) == [(FIRM, date(2026, 5, 1), False), (new_code, None, True)]
        assert import_rows(row("演示甲有限公司", FIRM)).counts["stale"] == 1
        assert Subject.objects.get().uscc == new_code

    def test_changed_code_with_the_same_organisation_code_and_name(self, import_rows) -> None:
        import_rows(row("演示甲有限公司", FIRM))
        moved = code("91500101" + FIRM[8:17])
        assert import_rows(row("演示甲有限公司", moved)).counts["uscc"] == 1
        refused = import_rows(row("演示别名有限公司", code("91500102" + FIRM[8:17]))).refused
        assert [item.reason_code for item in refused] == ["organisation_code_of_another"]

    def test_old_entry_gets_its_new_code(self, import_rows) -> None:
        import_rows(row("演示脐橙合作社", "500236NA000001X", 注册日期="2010-01-05"))
        import_rows(row("演示脐橙合作社", COOPERATIVE, 注册日期="2010-01-05"))
        subject = Subject.objects.get()
        assert (subject.uscc, subject.registration_no, subject.kind) == (COOPERATIVE, "500236NA000001X", "COOPERATIVE")

    def test_cancellation(self, import_rows) -> None:
        import_rows(row("演示甲有限公司", FIRM, 登记状态="存续"))
        report = import_rows(row("演示甲有限公司", FIRM, 登记状态="注销", 状态日期="2026-06-30"))
        assert report.counts["status"] == 1
        subject = Subject.objects.get()
        assert subject.status == "DEREGISTERED"
        assert list(subject.statuses.order_by("pk").values_list("status", "valid_from", "valid_to")) == [
            ("ACTIVE", None, date(2026, 6, 30)),
            ("DEREGISTERED", date(2026, 6, 30), None),
        ]

    def test_merger_and_a_merger_of_the_merged(self, import_rows) -> None:
        last = code("91500236MA0000XX1")
        import_rows(row("演示甲有限公司", FIRM), row("演示乙有限公司", COOPERATIVE), row("演示丙有限公司", last))
        import_rows(row("演示甲有限公司", FIRM, 并入主体代码=COOPERATIVE, 状态日期="2026-01-01"))
        import_rows(row("演示乙有限公司", COOPERATIVE, 并入主体代码=last))
        final = Subject.objects.get(uscc=last)
        assert set(final.absorbed.values_list("uscc", flat=True)) == {FIRM, COOPERATIVE}
        assert Subject.objects.get(uscc=FIRM).merged_date == date(2026, 1, 1)
        assert import_rows(row("演示丙有限公司", last, 并入主体代码=FIRM)).refused[0].reason_code == "merged_into_itself"
        assert import_rows(row("演示丙有限公司", last, 并入主体代码=TRADER)).refused[0].reason_code == "merged_into_unknown"

    def test_two_that_merge_into_each_other_are_refused(self, import_rows) -> None:
        report = import_rows(row("演示甲", FIRM, 并入主体代码=TRADER), row("演示乙", TRADER, 并入主体代码=FIRM))
        assert {item.reason_code for item in report.refused} == {"merged_into_itself"}

    def test_blank_cells_erase_nothing(self, import_rows) -> None:
        import_rows(row("演示甲有限公司", FIRM, 注册地址="奉节县永安街道1号", 经营范围="食品", 企业类型="有限责任公司"))
        import_rows(row("演示甲有限公司", FIRM, 注册地址="", 经营范围="-"))
        subject = Subject.objects.get()
        assert (subject.address, subject.business_scope) == ("奉节县永安街道1号", "食品")

    def test_moved_address_keeps_the_old_one(self, import_rows) -> None:
        import_rows(row("演示甲有限公司", FIRM, 注册地址="奉节县永安街道1号"))
        import_rows(row("演示甲有限公司", FIRM, 注册地址="奉节县草堂镇2号", 变更日期="2026-02-02"))
        subject = Subject.objects.get()
        assert (subject.address, subject.township) == ("奉节县草堂镇2号", "草堂镇")
        assert subject.addresses.get(is_current=False).valid_to == date(2026, 2, 2)

    def test_former_names_of_the_file_are_kept(self, import_rows) -> None:
        import_rows(row("演示新名有限公司", FIRM, 曾用名="演示一有限公司；演示二有限公司"))
        assert set(Subject.objects.get().names.filter(is_current=False).values_list("name", flat=True)) == {
            "演示一有限公司",
            "演示二有限公司",
        }

    def test_a_file_without_types_does_not_unprotect_a_sole_trader(self, import_rows) -> None:
        import_rows(row("演示甲厂", FIRM, 企业类型="个体工商户"))
        import_rows(row("演示甲厂", FIRM))
        assert Subject.objects.get().is_sole_trader


class TestFiles:
    def test_layouts_and_encodings(self, register_file) -> None:
        english = register_file([{"name": "演示甲厂", "uscc": FIRM, "est_date": "2010-08-03"}], name="a.csv")
        packed = register_file([row("演示乙店", TRADER)], name="b.csv.gz")
        old = register_file([{"名称": "演示丙社", "统一社会信用代码(原样)": COOPERATIVE}], name="c.csv", encoding="gb18030")
        for path in (english, packed, old):
            assert services.register_import(path=path, actor="t", now=NOW).counts["new"] == 1

    def test_template_goes_out_and_comes_back(self, tmp_path: Path) -> None:
        out = tmp_path / "模板.xlsx"
        services.register_template_write(out=out)
        workbook = openpyxl.load_workbook(out)
        sheet = workbook["登记信息"]
        headings = [cell.value for cell in sheet[1]]
        sheet.cell(2, headings.index("名称") + 1).value = "演示甲有限公司"
        sheet.cell(2, headings.index("统一社会信用代码") + 1).value = FIRM
        sheet.cell(2, headings.index("登记状态") + 1).value = "存续"
        sheet.cell(2, headings.index("成立日期") + 1).value = datetime(2019, 5, 6)
        workbook.save(out)
        assert services.register_import(path=out, actor="t", now=NOW).counts["new"] == 1
        assert Subject.objects.get().established_date == date(2019, 5, 6)

    def test_code_kept_as_a_number_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "n.xlsx"
        workbook = Workbook(str(path))
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["名称", "统一社会信用代码"])
        sheet.write_row(1, 0, ["演示甲厂", 525002360000000433])
        workbook.close()
        assert services.register_import(path=path, actor="t", now=NOW).refused[0].reason_code == "number_cell"

    @pytest.mark.parametrize(
        ("name", "content", "error"),
        [
            ("a.csv", b"", errors.RegisterFileUnreadable),
            ("a.csv", b"\xff\xff\xff,\x81", errors.RegisterFileUnreadable),
            ("a.csv", b"a,b\x00,c", errors.RegisterFileUnreadable),
            ("a.csv.gz", b"\x1f\x8bxxxxxxxxxxxx", errors.RegisterFileUnreadable),
            ("a.xlsx", b"PK not a workbook", errors.RegisterFileUnreadable),
            ("a.csv", "甲,乙\n1,2\n".encode(), errors.RegisterHeaderNotFound),
        ],
    )
    def test_no_register_file(self, tmp_path: Path, name: str, content: bytes, error: type[Exception]) -> None:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(error, match="没有保存任何内容"):
            services.register_import(path=path, actor="t", now=NOW)
        assert not RegisterImport.objects.exists()

    def test_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(errors.RegisterFileUnreadable, match="没有这个文件"):
            services.register_import(path=tmp_path / "x.csv", actor="t", now=NOW)


def test_commands_tell_what_happened(register_file, tmp_path: Path) -> None:
    path = register_file(
        [row("演示甲厂", FIRM), row("=演示乙厂", "x"), row("演示丙厂", TRADER[:17] + "1", 法定代表人="张三丰")]
    )
    refused = tmp_path / "refused.csv"
    result = CliRunner().invoke(register, ["import", str(path), "--refused", str(refused)])
    assert result.exit_code == 0, result.output
    assert "读到 3，新增 2" in result.output
    assert "退回 第3行" in result.output
    assert "法定代表人" in result.output
    assert "'=演示乙厂" in refused.read_text(encoding="utf-8-sig")
    out = tmp_path / "t.xlsx"
    assert CliRunner().invoke(register, ["template", str(out)]).exit_code == 0
    assert out.exists()
