"""Check a landed file: all rows at once, in SQL; what is said about the broken ones is put together column by column."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa

from xinheng.adapters.progress import progress_tell
from xinheng.adapters.tables import Tables, tables_for
from xinheng.catalogue.domain import Catalogue, Item
from xinheng.intake.checking.columns import CONTEXT, DOUBTS, LANDED
from xinheng.intake.checking.compiler import Compiled, compiled_for
from xinheng.intake.checking.deadlines import on_time_since
from xinheng.intake.checking.findings import Findings
from xinheng.intake.checking.model import Check, CheckContext
from xinheng.intake.checking.places import Places
from xinheng.intake.checking.registry import rule_set_version
from xinheng.intake.checking.results import Checked, RuleCount
from xinheng.intake.checking.verdicts import Verdicts
from xinheng.intake.domain import Landed


def check(*, landed: Landed, catalogue: Catalogue, context: CheckContext, out: Path | None = None) -> Checked:
    """Run every rule of the item over a landed file.

    Args:
        landed: the file as ``intake.reading`` landed it; its Parquet is read, not changed.
        catalogue: the law of the check; its hash is part of ``rule_set_version``.
        context: the day, the sender and what it declared.
        out: where the findings go; by default beside the landed table (``….findings.parquet``).

    The same file, catalogue and context give the same result.
    """
    item = catalogue.item(landed.item_id)
    findings = out or landed.parquet.with_suffix(".findings.parquet")
    places = Places(landed)
    verdicts = Verdicts(places=places, context=context)
    with tables_for(rows=landed.row_count, work=landed.parquet.with_suffix(".spark")) as tables:
        compiled = compiled_for(item=item, catalogue=catalogue, dialect=tables.dialect)
        found = Findings(checks=compiled.checks, item=item, catalogue=catalogue, context=context, landed=landed, places=places)
        run = _Run(tables=tables, compiled=compiled, catalogue=catalogue, context=context, landed=landed)
        progress_tell("rules", 0, landed.row_count)
        masks = places.located(run.masks())
        progress_tell("rules", landed.row_count, landed.row_count)
        verdicts.add_masks(masks, compiled.checks)
        found.add_masks(masks)
        del masks
        if context.doubts is not None:
            # A row that is refused anyway is not asked about as well.
            doubts = places.located(_polars(context.doubts).select("_sheet", "_row", "reason"))
            run.doubts(doubts.filter(~pl.Series(verdicts.refused[doubts["at"].to_numpy()])), places)
        for check_, cells in run.compared():
            located = places.located(cells)
            verdicts.add_compared(check_, located["at"])
            found.add(check_, located.rename({"value": "raw"}))
    verdicts.add_reader(landed)
    found.write(findings)
    return Checked(
        item_id=item.id,
        item_version=catalogue.item_version(item.id),
        rule_set_version=rule_set_version(catalogue),
        findings=findings,
        finding_count=found.total,
        verdicts=verdicts.table(),
        totals=verdicts.totals(),
        counts=_rule_counts(compiled.checks, found.counts),
    )


def _rule_counts(checks: tuple[Check, ...], amounts: Mapping[int, int]) -> tuple[RuleCount, ...]:
    """Return the rules that were broken, most frequent first."""
    by_rule: dict[str, int] = {}
    rules = {check_.rule.id: check_.rule for check_ in checks}
    for number, amount in amounts.items():
        rule_id = checks[number].rule.id
        by_rule[rule_id] = by_rule.get(rule_id, 0) + amount
    found = [RuleCount(rule=rules[rule_id], findings=amount) for rule_id, amount in by_rule.items()]
    return tuple(sorted(found, key=lambda count: (-count.findings, count.rule.id)))


def context_table(*, item: Item, catalogue: Catalogue, context: CheckContext) -> pa.Table:
    """Return the one-row table that the compiled SQL reads the context from."""
    since = on_time_since(item=item, catalogue=catalogue, context=context)
    return pl.DataFrame(
        {
            "ctx_on_date": [context.on_date],
            "ctx_organ_code": [context.organ_code],
            "ctx_on_the_spot": [context.on_the_spot],
            "ctx_legacy": [context.legacy],
            "ctx_on_time_since": [since],
            "ctx_known_codes": [sorted(context.known_codes)],
        },
        schema={
            "ctx_on_date": pl.Date,
            "ctx_organ_code": pl.String,
            "ctx_on_the_spot": pl.Boolean,
            "ctx_legacy": pl.Boolean,
            "ctx_on_time_since": pl.Date,
            "ctx_known_codes": pl.List(pl.String),
        },
    ).to_arrow()


class _Run:
    """The rules' expressions over one landed file, evaluated by ``tables``: here, or on a cluster."""

    def __init__(
        self,
        *,
        tables: Tables,
        compiled: Compiled,
        catalogue: Catalogue,
        context: CheckContext,
        landed: Landed,
    ) -> None:
        self._tables = tables
        self._compiled = compiled
        self._has_doubts = False
        tables.read(LANDED, landed.parquet)
        tables.give(CONTEXT, context_table(item=compiled.item, catalogue=catalogue, context=context))

    def masks(self) -> pl.DataFrame:
        """Return the masks of the broken rows. Their cells are read again where something is said about them."""
        rows = _polars(self._tables.rows(self._compiled.masks_of_rows))
        return rows.filter(pl.any_horizontal(pl.col(self._compiled.mask_columns) != 0))

    def doubts(self, doubts: pl.DataFrame, places: Places) -> None:
        """Give the matching's answer to the SQL: ``at`` and ``reason``."""
        names = pl.Series(places.names, dtype=pl.String)
        at = doubts["at"]
        table = doubts.select("reason").with_columns(
            names.gather(places.sheet.gather(at)).alias("_sheet"), places.row.gather(at).alias("_row")
        )
        self._tables.give(DOUBTS, table.to_arrow())
        self._has_doubts = True

    def compared(self) -> Iterator[tuple[Check, pl.DataFrame]]:
        """Yield the rules that compare rows with ``_sheet, _row, value, detail`` of what they found."""
        some = True
        for name, sql in self._compiled.repeated:
            # Where no number stands twice, which is the rule, the rows need not be read once more.
            some = self._tables.keep(name, sql if some else f"{sql} LIMIT 0")
        for done, (check_, sql) in enumerate(self._compiled.over_file):
            progress_tell("compare", done, len(self._compiled.over_file))
            if check_.rule.id == "V03" and not self._has_doubts:
                continue
            yield check_, _polars(self._tables.rows(sql)).select("_sheet", "_row", "value", "detail")


def _polars(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
