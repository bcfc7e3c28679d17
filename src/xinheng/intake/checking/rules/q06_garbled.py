"""Signs of a broken export or a bad scan in a name or number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

PATTERN = r"[\x{FFFD}□?？]|锟斤拷|烫烫|有[眼跟恨狠]公司|有限公[刊可]$|有限责[伍汪]公司"
RULE = Rule(
    id="Q06",
    title="有乱码或识别错的字",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”里有乱码，或像是扫描识别错的字（例如“有眼公司”）",
    expected="与证照、决定书一致的文字",
    fix="对照原件改正；从系统导出时选“CSV UTF-8”或 XLSX",
    ground="名称和文号应与证照、决定书一致（本平台的检查）",
    confidence=Confidence.PROVISIONAL,
    marks=("subject_name", "document_no", "organ_name"),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the cell has a sign of a lost character or a known misreading."""
    return row.matches(PATTERN)
