"""What a rule is, what it sees of a row, and what it says about it.

A rule is one file under ``rules/``: ``RULE`` says what it is called and what people are told, ``expression(row)`` is
true where the rule is broken. The same expression runs over a whole landed file and over one row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from xinheng.catalogue.domain import Catalogue, Confidence, Field, FieldDisclosure, Item, ItemKind
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from xinheng.intake.checking.columns import Row

PERSONAL_KINDS: Mapping[str, str] = MappingProxyType(
    {"resident_id": "居民身份证号", "phone": "手机号码", "bank_card": "银行卡号"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalScope:
    """Which personal numbers, in which columns, a rule of the V13 family is about.

    ``disclosures`` names the columns by who may see them; ``unknown`` adds columns that no template knows.
    """

    kinds: frozenset[str]
    disclosures: frozenset[FieldDisclosure]
    unknown: bool

    def keys(self, item: Item) -> frozenset[str]:
        """Return the catalogue keys of the columns in scope."""
        return frozenset(field.key for field in item.fields if field.disclosure in self.disclosures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a rule is called, how bad a break is, and what people are told.

    ``message``, ``expected`` and ``fix`` are templates: ``{label}`` is the column as the file writes it, ``{field}``
    its catalogue entry, and the rest comes from the rule file's ``words``. ``marks`` are the roles whose cell is
    marked, one check each; empty where the rule file chooses fields itself (``applies``). ``reads`` are further roles
    that must be in the item for the rule to exist there. ``kinds`` empty means every kind of item.
    ``not_shown``: rows are kept and not shown. ``of_persons``: looks at natural persons' rows too. ``over_file``: rows
    are compared with each other. ``whole_row``: no single column is to blame. ``waivable``: a decision may truly be so, and
    two persons may let one document through (豁免); the same rules as in ``models.WAIVABLE``.
    """

    id: str
    title: str
    severity: FindingSeverity
    message: str
    expected: str = ""
    fix: str = ""
    ground: str
    confidence: Confidence
    marks: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    kinds: frozenset[ItemKind] = frozenset()
    not_shown: bool = False
    of_persons: bool = False
    personal: PersonalScope | None = None
    over_file: bool = False
    whole_row: bool = False
    waivable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One broken cell, for the words about it; ``detail`` is what a rule over the whole file adds (another row)."""

    value: str
    detail: str
    field: Field | None
    label: str
    item: Item
    catalogue: Catalogue
    context: "CheckContext"


@runtime_checkable
class RuleFile(Protocol):
    """A module under ``rules/``.

    It may also have ``applies(field)``, ``words(cell)`` and ``over_file(row)``, and ``PATTERN`` where its words are
    searched together with those of other rules (``Row.matches``).
    """

    RULE: Rule

    def expression(self, row: "Row") -> "ir.BooleanValue":
        """Return whether the rule is broken."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """What a check knows besides the file. Days are days in Asia/Shanghai.

    ``on_date`` is the day of reporting. ``organ_code`` is the organ that sends the file. ``known_codes`` are registered
    codes that fail the check or look like a resident ID. ``on_the_spot`` and ``legacy`` are declarations made with the
    submission (当场处罚; 旧站数据, never late). ``doubts`` is the answer of the matching for rows it could not attach:
    columns ``_sheet``, ``_row``, ``reason``; None when nothing was matched.
    """

    on_date: date
    organ_code: str | None = None
    known_codes: frozenset[str] = frozenset()
    on_the_spot: bool = False
    legacy: bool = False
    doubts: "pa.Table | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule on one field of one item; ``number`` is its place in the compiled masks."""

    number: int
    rule: Rule
    field: Field | None
    module: RuleFile = attribute(repr=False)

    @property
    def mask(self) -> int:
        """Return which mask column holds this check's bit."""
        return self.number // BITS

    @property
    def bit(self) -> int:
        """Return the value of this check's bit."""
        return 1 << (self.number % BITS)

    @property
    def reads(self) -> frozenset[str]:
        """Return the roles this check looks at besides its own field."""
        return frozenset(self.rule.reads) | frozenset(self.rule.marks)


BITS = 62
"""Checks per mask column; a mask is a signed 64-bit integer in every engine."""
