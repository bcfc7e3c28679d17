"""What quality of reporting means here (报送质量): counts of rows, rates of counts, bands. The one place of every formula.

The names of the rates are the field's (standards.md §3.5, found); the law gives no formula, so every formula is
provisional and said so wherever a rate is shown. Counted are rows of files, never organisations or persons.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from fractions import Fraction

from xinheng.kernel.vocabulary import LabelledCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows of an organ and item as they came in a time. Each delivery of a row counts; rows about persons never do.

    ``reported``: rows delivered in batches that were published or came back whole, without repetitions of what is stored;
    ``returned``: those with something that must be mended; ``incomplete``: those of them that lack a required cell;
    ``doubtful``: those of which nobody knew at once whose they are; ``late``: delivered after the deadline of their
    decision date; ``duplicate``: repetitions, counted apart.
    """

    reported: int = 0
    returned: int = 0
    incomplete: int = 0
    doubtful: int = 0
    late: int = 0
    duplicate: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in COUNT_NAMES})

    @property
    def is_empty(self) -> bool:
        """Whether nothing was delivered."""
        return not any(getattr(self, name) for name in COUNT_NAMES)


COUNT_NAMES = tuple(field.name for field in fields(Counts))
NOTHING = Counts()


class Part(LabelledCode):
    """Which rows a count is about; each is a list that the figure opens."""

    REPORTED = "reported", "上报的行"
    RETURNED = "returned", "退回改正的行"
    INCOMPLETE = "incomplete", "必填没有填的行"
    DOUBTFUL = "doubtful", "主体存疑的行"
    LATE = "late", "迟报的行"
    DUPLICATE = "duplicate", "重复的行"


class Band(LabelledCode):
    """How a rate stands to the aim; provisional."""

    REACHED = "REACHED", "达到目标"
    NEAR = "NEAR", "接近目标"
    BELOW = "BELOW", "低于目标"
    NONE = "NONE", "没有上报"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of rows; ``part`` are the rows that lower it (or make it, of rates that should be small)."""

    slug: str
    title: str
    formula: str
    part: Part
    of: Callable[[Counts], tuple[int, int]]
    is_good_high: bool = True
    note: str = ""

    def value(self, counts: Counts) -> Fraction | None:
        """Return the rate, exactly; ``None`` where there is nothing to divide by."""
        above, below = self.of(counts)
        return Fraction(above, below) if below else None

    def text(self, counts: Counts) -> str:
        """Return the rate as people read it, with its numbers: ``97.7%（1,155/1,182）``."""
        above, below = self.of(counts)
        return f"{percent(Fraction(above, below))}（{above:,}/{below:,}）" if below else "没有上报"

    def band(self, counts: Counts) -> Band:
        """Return how the rate stands to its aim."""
        value = self.value(counts)
        if value is None:
            return Band.NONE
        good = value if self.is_good_high else 1 - value
        return Band.REACHED if good >= AIM else Band.NEAR if good >= NEAR_AIM else Band.BELOW


AIM = Fraction(98, 100)
NEAR_AIM = Fraction(95, 100)
"""Bands of this platform, no rule of law: 98 of 100 rows and more reach the aim, 95 and more are near it."""

BANDS_TOLD = "达到目标：98%及以上；接近目标：95%及以上；低于目标：不到95%。迟报率、重复率反过来看。分档是本平台的设计〔暂定〕，不是法定要求。"

RATES = (
    Rate(
        slug="compliance",
        title="合规率",
        formula="（上报数 − 退回数）÷ 上报数",
        part=Part.RETURNED,
        of=lambda counts: (counts.reported - counts.returned, counts.reported),
    ),
    Rate(
        slug="timeliness",
        title="及时率",
        formula="（上报数 − 迟报数）÷ 上报数，即 1 − 迟报率",
        part=Part.LATE,
        of=lambda counts: (counts.reported - counts.late, counts.reported),
        note="期限从决定日期起算，按法定节假日和调休日历数工作日；看不出决定日期的行不算迟报。",
    ),
    Rate(
        slug="lateness",
        title="迟报率",
        formula="迟报数 ÷ 上报数",
        part=Part.LATE,
        of=lambda counts: (counts.late, counts.reported),
        is_good_high=False,
    ),
    Rate(
        slug="completeness",
        title="完整率",
        formula="（上报数 − 必填没有填的行数）÷ 上报数",
        part=Part.INCOMPLETE,
        of=lambda counts: (counts.reported - counts.incomplete, counts.reported),
    ),
    Rate(
        slug="matching",
        title="匹配率",
        formula="（上报数 − 退回数 − 存疑数）÷（上报数 − 退回数）",
        part=Part.DOUBTFUL,
        of=lambda counts: (counts.reported - counts.returned - counts.doubtful, counts.reported - counts.returned),
        note="退回的行没有去认主体，不在分母里。存疑的行后来确认了，当时的匹配率不变。",
    ),
    Rate(
        slug="duplication",
        title="重复率",
        formula="重复数 ÷（上报数 + 重复数）",
        part=Part.DUPLICATE,
        of=lambda counts: (counts.duplicate, counts.reported + counts.duplicate),
        is_good_high=False,
        note="整份重传时已入库的行也算重复，数大不一定是差错。",
    ),
)

DEFINITION = (
    "数的是文件里的行。上报数：已入库的批次、整批退回的批次里的行；已经撤回的批次、旧站数据、自然人的行、与库中相同的行不算。"
    "改好再报的行算另一次上报。登记表（撤销、更正、修复、移出）不在内。"
    "指标名称有出处，公式没有找到明文规定，都是〔暂定〕。"
)


def rate_of(slug: str) -> Rate | None:
    """Return the rate of this name, ``None`` if there is none."""
    return next((rate for rate in RATES if rate.slug == slug), None)


def percent(value: Fraction) -> str:
    """Return a share with one decimal; never 100.0 % where something is missing, never 0.0 % where there is something.

    >>> percent(Fraction(1155, 1182)), percent(Fraction(9999, 10000)), percent(Fraction(1))
    ('97.7%', '99.9%', '100.0%')
    """
    tenths = round(value * 1000)
    if tenths >= 1000 and value < 1:
        tenths = 999
    if tenths <= 0 and value > 0:
        tenths = 1
    return f"{tenths // 10}.{tenths % 10}%"
