"""A code must be a unified social credit code (统一社会信用代码), or be registered as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence, Field, FieldType
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Cell, Rule
from xinheng.intake.checking.rules.v01b_older_code import OLDER_CODE
from xinheng.intake.domain import FindingSeverity
from xinheng.kernel.text import canonical_code
from xinheng.subjects.domain import uscc_is_well_formed, uscc_problem, uscc_suggestion

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V01",
    title="代码有不允许的字符，或校验位不符",
    severity=FindingSeverity.REFUSE,
    message="“{label}”不是有效的统一社会信用代码：{problem}",
    expected="18位，末位是校验位",
    fix="{suggestion}",
    ground="GB 32100-2015《法人和其他组织统一社会信用代码编码规则》",
    confidence=Confidence.SOURCED,
)


def applies(field: Field) -> bool:
    """Every column of type USCC."""
    return field.type is FieldType.USCC


def expression(row: Row) -> ir.BooleanValue:
    """Broken unless empty, valid, registered as it stands, or an older kind of code (V01b tells about those)."""
    code = row.cell
    accepted = row.is_known(code)
    if row.field.role == "uscc":
        accepted = accepted | code.re_search(OLDER_CODE)
    # A resident ID in this column is masked in the landed table; V13 tells about it.
    personal = row.personal_numbers.contains(f"{row.field.key}:")
    fine = row.cell_is_valid_code | (row.cell == "")
    return ibis.ifelse(fine, False, ~accepted & ~personal)


def words(cell: Cell) -> Mapping[str, str]:
    """Say what is wrong and what was probably meant; the code itself is never changed."""
    code = canonical_code(cell.value)
    # A well-formed code without an L has no other reading; looking for one a hundred thousand times takes minutes.
    suggestion = None if uscc_is_well_formed(code) and "L" not in code else uscc_suggestion(code)
    return {
        "problem": uscc_problem(code) or "没有通过检查",
        "suggestion": f"可能是 {suggestion}，请对照营业执照核对后改正（平台不代改）"
        if suggestion
        else "请对照营业执照或登记证书核对后改正；如果确系登记机关发的代码，请先补进主体登记库",
    }
