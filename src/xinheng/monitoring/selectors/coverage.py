"""Who reported what in a month: the table organ × item, and who is late."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncMonth

from xinheng.accounts.domain import Actor
from xinheng.catalogue.domain import Catalogue, Item, Organ
from xinheng.monitoring.domain import Cell, CellState, DueKind, DueLine, Month
from xinheng.monitoring.domain.coverage import cell_of
from xinheng.monitoring.selectors.clockwork import Clockwork
from xinheng.monitoring.selectors.reach import is_responsible, items_reported, scope_of
from xinheng.monitoring.selectors.zero_reports import zero_months
from xinheng.records.selectors import records_current


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """One organ with its cells in the order of the items."""

    organ: Organ
    cells: tuple[Cell, ...]

    @property
    def is_missing(self) -> bool:
        """Whether anything is missing or contradicts itself."""
        return any(cell.state in (CellState.MISSING, CellState.CONTRADICTED) for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The table organ × item of a month, organs in the catalogue's order: nobody is ranked."""

    month: Month
    items: tuple[Item, ...]
    rows: tuple[CoverageRow, ...]

    def count(self, *states: CellState) -> int:
        """Return how many cells are in one of the states."""
        return sum(cell.state in states for row in self.rows for cell in row.cells)


def coverage_of(*, actor: Actor, catalogue: Catalogue, month: Month, today: date, organ_code: str = "") -> Coverage:
    """Return what the organs that a person sees reported of a month, as seen on ``today``. Two queries.

    Expected every month are the items with a reporting deadline; a column without any record and without a deadline is
    left out. A month's last deadline is that of a decision made on its last day.
    """
    (found,) = coverage_by_month(actor=actor, catalogue=catalogue, months=[month], today=today, organ_code=organ_code)
    return found


def coverage_by_month(
    *, actor: Actor, catalogue: Catalogue, months: Sequence[Month], today: date, organ_code: str = ""
) -> tuple[Coverage, ...]:
    """Return :func:`coverage_of` of some months, in their order. Two queries."""
    scope = scope_of(actor=actor, catalogue=catalogue, organ_code=organ_code)
    counted = _records(scope.codes, months)
    zero = zero_months(actor=actor, catalogue=catalogue, months=months)
    clockwork = Clockwork(catalogue)
    items = tuple(
        item
        for item in items_reported(catalogue)
        if item.reporting_clock is not None or any(item_id == item.id for _, item_id, _ in counted)
    )

    def cell(organ: Organ, item: Item, month: Month) -> Cell:
        left = clockwork.left(today, organ_code=organ.code, item_id=item.id, decided=month.last)
        return cell_of(
            records=counted[organ.code, item.id, month.first],
            has_zero_report=(organ.code, item.id, month.first) in zero,
            is_responsible=is_responsible(item, organ),
            due=None if left is None else left.due,
            is_provisional=left is not None and left.is_provisional,
            late=left.days if left is not None and left.is_late else 0,
        )

    return tuple(
        Coverage(
            month=month,
            items=items,
            rows=tuple(
                CoverageRow(organ=organ, cells=tuple(cell(organ, item, month) for item in items)) for organ in scope.organs
            ),
        )
        for month in months
    )


def _records(codes: frozenset[str], months: Sequence[Month]) -> Counter[tuple[str, str, date]]:
    found = records_current().filter(
        organ_code__in=codes, withdrawn=False, decision_date__range=(min(months).first, max(months).last)
    )
    by = found.order_by().annotate(month=TruncMonth("decision_date")).values_list("organ_code", "item_id", "month")
    return Counter({(organ, item, month): count for organ, item, month, count in by.annotate(count=Count("pk"))})


@dataclass(frozen=True, slots=True, kw_only=True)
class LateOrgan:
    """What one organ has overdue, in rows, and by how many working days the oldest."""

    organ: Organ
    to_mend: int
    doubtful: int
    published: int
    most_days: int


def late_organs(*, lines: tuple[DueLine, ...], organs: tuple[Organ, ...]) -> tuple[LateOrgan, ...]:
    """Return the organs with something late among ``lines``, in the catalogue's order."""
    found = []
    for organ in organs:
        late = [line for line in lines if line.organ_code == organ.code and line.is_late]
        if not late:
            continue
        rows = {kind: sum(line.count for line in late if line.kind is kind) for kind in DueKind}
        found.append(
            LateOrgan(
                organ=organ,
                to_mend=rows[DueKind.MEND],
                doubtful=rows[DueKind.DOUBT],
                published=rows[DueKind.LATE],
                most_days=max(line.days for line in late),
            )
        )
    return tuple(found)
