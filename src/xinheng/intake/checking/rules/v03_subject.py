"""The register knows no single organisation by this name and code (主体存疑): a doubt that a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import DOUBTS, Row
from xinheng.intake.checking.model import Cell, Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V03",
    title="主体存疑：名称、代码与登记库对不上",
    severity=FindingSeverity.EXPLAIN,
    message="{reason}",
    expected="名称和代码在登记库里是同一家单位",
    fix="核对名称和代码；确认无误的，提交后在“主体存疑”里选定是哪一家",
    ground="国家平台错误1001“未查询到主体或查询到的主体信息不匹配”",
    confidence=Confidence.SOURCED,
    marks=("subject_name",),
    over_file=True,
)


def over_file(row: Row) -> ir.Table:
    """Return the rows that the matching (``subjects.services``) could not attach, with its reason."""
    doubts = ibis.table({"_sheet": "string", "_row": "int64", "reason": "string"}, name=DOUBTS)
    landed = row.table.select("_sheet", "_row", value=row.cell)
    return landed.inner_join(doubts, ["_sheet", "_row"]).select("_sheet", "_row", "value", detail=doubts["reason"])


def expression(row: Row) -> ir.BooleanValue:  # noqa: ARG001 - one row has no matching result of its own here
    """Never broken by the row alone: the matching decides."""
    return ibis.literal(value=False)


def words(cell: Cell) -> Mapping[str, str]:
    """Repeat the matching's reason."""
    return {"reason": cell.detail or "登记库里没有找到这家单位"}
