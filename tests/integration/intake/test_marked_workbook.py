"""What came back, mended on the marked workbook itself and sent again: nothing doubles."""

import openpyxl
import pytest
from tests.factories import intake_world as world
from tests.factories.intake_files import titled, xlsx_write

from xinheng.records.models import CurrentRecord, RecordVersion

pytestmark = pytest.mark.django_db


def test_the_marked_workbook_mended_and_sent_again(tmp_path):
    for number in range(1, 5):
        world.subject_make(number)
    rows = [world.penalty(1), world.penalty(2, CF_NR_FK=""), world.penalty(3), world.penalty(4, CF_XDR_MC=world.name(3))]
    path = xlsx_write(tmp_path / "处罚.xlsx", {"处罚": titled(rows)})
    first = world.load(path, out_dir=tmp_path)
    assert world.told(first) == {"rows": 4, "accepted": 2, "new": 2, "returned": 1, "doubtful": 1}

    book = openpyxl.load_workbook(first.marked.path)
    sheet = next(sheet for sheet in book if sheet.title.startswith("处罚"))
    header = {cell.value: cell.column for row in sheet.iter_rows(max_row=3) for cell in row if cell.value}
    assert "处理结果" in header
    for cells in sheet.iter_rows(min_row=2):
        number = cells[header["行政处罚决定书文号"] - 1].value or ""
        if number.endswith("2号"):
            assert cells[header["罚款金额(万元)"] - 1].comment is not None
            cells[header["罚款金额(万元)"] - 1].value = "2.000000"
        if number.endswith("4号"):
            cells[header["行政相对人名称"] - 1].value = world.name(4)
    mended = tmp_path / "改好.xlsx"
    book.save(mended)

    second = world.load(mended)

    assert world.told(second) == {"rows": 4, "accepted": 2, "new": 2, "duplicate": 2}
    assert CurrentRecord.objects.count() == 4
    assert RecordVersion.objects.count() == 4
