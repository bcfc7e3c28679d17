"""Public records as the rows of a table: the plain form (``record_plain``), one record a row, one thing a column.

A dispute stands before everything that it puts in question (P9). Texts are as pages show them; whoever writes the table
neutralises cells for spreadsheets.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FlatTable:
    """The columns of one table: ``fields`` are name and title of the records' own fields, between the fixed columns."""

    fields: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, records: Iterable[Plain]) -> "FlatTable":
        """Return the table that holds every field of some records, in the order in which they come up."""
        return cls(tuple({field["name"]: field["title"] for record in records for field in record["fields"]}.items()))

    @property
    def heading(self) -> list[str]:
        """The titles of the columns."""
        return [title for title, _ in _BEFORE] + [title for _, title in self.fields] + [title for title, _ in _AFTER]

    def row(self, record: Plain) -> list[str]:
        """Return one record; fields without a column of the table are not told."""
        values = {field["name"]: field["value"] for field in record["fields"]}
        return [
            *(read(record) for _, read in _BEFORE),
            *(values.get(name, "") for name, _ in self.fields),
            *(read(record) for _, read in _AFTER),
        ]


def _dispute(record: Plain) -> str:
    dispute = record["dispute"]
    return f"有异议，核查中（{dispute['since']}提出，最迟{dispute['until'] or '未定'}核查完）" if dispute else ""


def _severity(record: Plain) -> str:
    return record["severity"]["label"] if record["severity"] else ""


def _of(*path: str) -> Callable[[Plain], str]:
    def read(record: Plain) -> str:
        value: Any = record
        for name in path:
            value = value[name]
        return "" if value is None else str(value)

    return read


Columns = Sequence[tuple[str, Callable[[Plain], str]]]

_BEFORE: Final[Columns] = (
    ("异议", _dispute),
    ("目录项", _of("item", "title")),
    ("名单", _of("list_title")),
    ("单位名称", _of("subject", "name")),
    ("统一社会信用代码", _of("subject", "code")),
    ("作出机关", _of("organ", "name")),
    ("文书号", _of("document_no")),
    ("决定日期", _of("decision_date")),
)
_AFTER: Final[Columns] = (
    ("等级", _severity),
    ("未公开的文字", lambda record: "、".join(record["withheld"])),
    ("公示自", _of("display", "from")),
    ("公示到（含当日，空为长期）", _of("display", "until")),
    ("最早可申请修复", _of("display", "first_repair_date")),
    ("依据", _of("basis", "text")),
    ("依据可信度", _of("basis", "confidence")),
    ("报送日期", _of("source", "reported_date")),
    ("批次", _of("source", "submission")),
    ("原表行号", _of("source", "row")),
    ("记录编号", _of("id")),
    ("公示序号", _of("version", "seq")),
)
