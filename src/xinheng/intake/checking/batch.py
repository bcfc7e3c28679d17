"""Check a landed file: all rows at once, in SQL; only the words that differ from cell to cell are made in Python."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from xinheng.adapters.engine import duckdb_connection
from xinheng.catalogue.domain import Catalogue, Field, Item
from xinheng.intake.checking.columns import CONTEXT, DOUBTS, LANDED
from xinheng.intake.checking.compiler import Compiled, compiled_for
from xinheng.intake.checking.deadlines import on_time_since
from xinheng.intake.checking.model import Check, CheckContext
from xinheng.intake.checking.registry import rule_set_version
from xinheng.intake.checking.results import FINDING_COLUMNS, Checked, RuleCount, Totals
from xinheng.intake.checking.sql import any_set, is_set, literal, numbers_list, quoted, values_list
from xinheng.intake.checking.texts import depends_on_value, label_of, shown_value_sql, texts_for
from xinheng.intake.checking.verdicts import said_by_reader, sheet_order, verdict_sql
from xinheng.intake.domain import Finding, FindingSeverity, Landed

WORDS_SCHEMA = pa.schema(
    [
        ("number", pa.int32()),
        ("key", pa.string()),
        ("column", pa.string()),
        ("field", pa.string()),
        ("message", pa.string()),
        ("expected", pa.string()),
        ("fix", pa.string()),
    ]
)
NO_COLUMN_FIX = "文件里没有这一列，请按模板补上"


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
    compiled = compiled_for(item=item, catalogue=catalogue)
    findings = out or landed.parquet.with_suffix(".findings.parquet")
    connection = duckdb_connection()
    try:
        run = _Run(connection=connection, compiled=compiled, catalogue=catalogue, context=context, landed=landed)
        run.find()
        counts = run.counts()
        total = run.write(findings)
        return Checked(
            item_id=item.id,
            item_version=catalogue.item_version(item.id),
            rule_set_version=rule_set_version(catalogue),
            findings=findings,
            finding_count=total,
            verdicts=run.verdicts(),
            totals=run.totals(),
            counts=counts,
        )
    finally:
        connection.close()


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
    """One check in one connection; the temporary tables are ``broken``, ``raw``, ``words`` and ``verdict``."""

    def __init__(
        self,
        *,
        connection: duckdb.DuckDBPyConnection,
        compiled: Compiled,
        catalogue: Catalogue,
        context: CheckContext,
        landed: Landed,
    ) -> None:
        self.connection = connection
        self.compiled = compiled
        self.item = compiled.item
        self.catalogue = catalogue
        self.context = context
        self.landed = landed
        connection.execute(
            f"CREATE VIEW {LANDED} AS SELECT * FROM read_parquet({literal(str(landed.parquet))})"  # noqa: S608
        )
        connection.register(CONTEXT, context_table(item=self.item, catalogue=catalogue, context=context))
        connection.register("sheets", sheet_order(landed))
        connection.register("said_by_reader", said_by_reader(landed))

    def find(self) -> None:
        """Fill ``broken`` (rows with masks) and ``raw`` (one line per finding, without words)."""
        execute = self.connection.execute
        execute(f"CREATE TEMP TABLE broken AS {self.compiled.broken_rows}")
        execute("CREATE TEMP TABLE raw (_sheet VARCHAR, _row BIGINT, number INTEGER, raw VARCHAR, detail VARCHAR)")
        self._numbers = self._broken_numbers()
        for check_ in self.compiled.checks:
            if self._numbers.get(check_.number) and self._in_file(check_):
                execute(f"INSERT INTO raw {self._raw_sql(check_)}")
        some = True
        for name, sql in self.compiled.repeated:
            # Where no number stands twice, which is the rule, the rows need not be read once more.
            execute(f"CREATE TEMP TABLE {name} AS {sql}{'' if some else ' LIMIT 0'}")
            some = execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() is not None  # noqa: S608
        if self.context.doubts is not None:
            self._register_doubts(self.context.doubts)
        for check_, sql in self.compiled.over_file:
            if check_.rule.id == "V03" and self.context.doubts is None:
                continue
            execute(f"INSERT INTO raw SELECT _sheet, _row, {check_.number}, value, detail FROM ({sql})")  # noqa: S608
        execute(verdict_sql(compiled=self.compiled, context=self.context))

    def _register_doubts(self, doubts: pa.Table) -> None:
        """Give the matching's answer to the SQL; a row that is refused anyway is not asked about as well."""
        self.connection.register("all_doubts", doubts.select(["_sheet", "_row", "reason"]))
        refuse = any_set(check_ for check_ in self.compiled.checks if check_.rule.severity is FindingSeverity.REFUSE)
        self.connection.execute(
            f"CREATE TEMP TABLE {DOUBTS} AS SELECT d.* FROM all_doubts d ANTI JOIN "  # noqa: S608
            f"(SELECT _sheet, _row FROM broken WHERE {refuse}) b ON d._sheet = b._sheet AND d._row = b._row"
        )

    def counts(self) -> tuple[RuleCount, ...]:
        """Return the rules that were broken, most frequent first."""
        by_rule: dict[str, int] = {}
        rules = {check_.rule.id: check_.rule for check_ in self.compiled.checks}
        for number, amount in self.connection.execute("SELECT number, count(*) FROM raw GROUP BY number").fetchall():
            rule_id = self.compiled.checks[number].rule.id
            by_rule[rule_id] = by_rule.get(rule_id, 0) + amount
        for check_ in self._not_in_file():
            by_rule[check_.rule.id] = by_rule.get(check_.rule.id, 0) + 1
        found = [RuleCount(rule=rules[rule_id], findings=amount) for rule_id, amount in by_rule.items()]
        return tuple(sorted(found, key=lambda count: (-count.findings, count.rule.id)))

    def write(self, path: Path) -> int:
        """Write all findings with their words in the order of the file; return how many there are."""
        self.connection.register("words", pa.Table.from_pylist(list(self._words()), schema=WORDS_SCHEMA))
        self.connection.register("rules", self._rules_table())
        self.connection.register("file_findings", self._file_findings())
        columns = ", ".join(f'"{name}"' for name in FINDING_COLUMNS)
        shown = self._shown_sql()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection.execute(
            f"""
            COPY (
                SELECT {columns} FROM (
                    SELECT *, 0 AS place, -1 AS number FROM file_findings
                    UNION ALL BY NAME
                    SELECT raw._sheet AS sheet, raw._row AS row, words."column", words.field, {shown} AS value,
                        rules.rule, rules.severity, words.message, words.expected, words.fix, rules.ground,
                        rules.confidence, sheets.place, raw.number
                    FROM raw
                    JOIN words ON raw.number = words.number AND words.key = {self._key_sql()}
                    JOIN rules ON raw.number = rules.number
                    LEFT JOIN sheets ON raw._sheet = sheets.name
                ) ORDER BY place, row, number, field
            ) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)
            """  # noqa: S608
        )
        row = self.connection.execute("SELECT count(*) FROM raw").fetchone()
        assert row is not None
        return int(row[0]) + len(self._not_in_file()) + len(self.landed.findings)

    def verdicts(self) -> pa.Table:
        """Return the verdict of every row."""
        return self.connection.execute("SELECT * FROM verdict").to_arrow_table()

    def totals(self) -> Totals:
        """Return how many rows there are of each verdict."""
        row = self.connection.execute(
            """
            SELECT count(*), count(*) FILTER (NOT refused AND NOT duplicate), count(*) FILTER (refused),
                count(*) FILTER (explain AND NOT refused AND NOT duplicate),
                count(*) FILTER (not_shown AND NOT refused AND NOT duplicate),
                count(*) FILTER (person), count(*) FILTER (duplicate AND NOT refused)
            FROM verdict
            """
        ).fetchone()
        assert row is not None
        rows, accepted, refused, explain, not_shown, persons, duplicates = row
        return Totals(
            rows=rows,
            accepted=accepted,
            refused=refused,
            explain=explain,
            not_shown=not_shown,
            persons=persons,
            duplicates=duplicates,
        )

    def _broken_numbers(self) -> dict[int, int]:
        checks = [check_ for check_ in self.compiled.checks if not check_.rule.over_file]
        sums = ", ".join(f"count(*) FILTER ({is_set(check_)})" for check_ in checks)
        row = self.connection.execute(f"SELECT {sums} FROM broken").fetchone()  # noqa: S608
        assert row is not None
        return dict(zip((check_.number for check_ in checks), row, strict=True))

    def _raw_sql(self, check_: Check) -> str:
        if check_.rule.personal is not None:
            return self._raw_personal_sql(check_)
        if check_.field is None:
            return f"SELECT _sheet, _row, {check_.number}, '', '' FROM broken WHERE {is_set(check_)}"  # noqa: S608
        return f"SELECT _sheet, _row, {check_.number}, {quoted(check_.field.key)}, '' FROM broken WHERE {is_set(check_)}"  # noqa: S608

    def _raw_personal_sql(self, check_: Check) -> str:
        """One line per entry of ``_pii`` that the rule is about; detail is the entry, raw the masked cell."""
        scope = check_.rule.personal
        assert scope is not None
        keys = [field.key for field in self.item.fields]
        cell = "CASE key " + " ".join(f"WHEN {literal(key)} THEN {quoted(key)}" for key in keys) + " ELSE '' END"
        chosen = f"key IN ({values_list(scope.keys(self.item))})"
        if scope.unknown:
            chosen += f" OR key NOT IN ({values_list(keys)})"
        return f"""
            SELECT _sheet, _row, {check_.number}, {cell}, entry FROM (
                SELECT *, regexp_extract(entry, '^(.*):([a-z_]+)$', 1) AS key,
                    regexp_extract(entry, '^(.*):([a-z_]+)$', 2) AS kind
                FROM (SELECT *, unnest(string_split(_pii, ';')) AS entry FROM broken WHERE {is_set(check_)})
            ) WHERE kind IN ({values_list(scope.kinds)}) AND ({chosen})
        """  # noqa: S608

    def _words(self) -> Iterable[dict[str, object]]:
        """Yield the words for every check that was broken: once where they are constant, else per distinct cell."""
        broken = self.connection.execute("SELECT DISTINCT number FROM raw ORDER BY number").fetchall()
        for (number,) in broken:
            check_ = self.compiled.checks[number]
            if not _differs(check_):
                yield self._words_of(check_, raw="", detail="")
                continue
            rows = self.connection.execute("SELECT DISTINCT raw, detail FROM raw WHERE number = ?", [number]).fetchall()
            for raw, detail in rows:
                yield self._words_of(check_, raw=raw, detail=detail)

    def _key_sql(self) -> str:
        """Return what joins a finding with its words: the cell, where the words differ from cell to cell."""
        numbers = numbers_list(check_ for check_ in self.compiled.checks if _differs(check_))
        return f"CASE WHEN raw.number IN ({numbers}) THEN raw.raw || chr(31) || raw.detail ELSE '' END"

    def _words_of(self, check_: Check, *, raw: str, detail: str) -> dict[str, object]:
        column, field_key, kind = _place(check_=check_, detail=detail, item=self.item, columns=self.landed.columns)
        texts = texts_for(
            check=check_,
            value=raw,
            detail=detail,
            label=column,
            item=self.item,
            catalogue=self.catalogue,
            context=self.context,
            kind=kind,
        )
        return {
            "number": check_.number,
            "key": f"{raw}\x1f{detail}" if _differs(check_) else "",
            "column": column,
            "field": field_key,
            "message": texts.message,
            "expected": texts.expected,
            "fix": texts.fix,
        }

    def _shown_sql(self) -> str:
        personal = [check_.number for check_ in self.compiled.checks if _is_personal(check_.field)]
        plain = shown_value_sql(field=None, column="raw.raw")
        if not personal:
            return plain
        masked = shown_value_sql(field=self.compiled.checks[personal[0]].field, column="raw.raw")
        return f"CASE WHEN raw.number IN ({', '.join(map(str, personal))}) THEN {masked} ELSE {plain} END"

    def _rules_table(self) -> pa.Table:
        checks = self.compiled.checks
        return pa.table(
            {
                "number": pa.array([check_.number for check_ in checks], pa.int32()),
                "rule": [check_.rule.id for check_ in checks],
                "severity": [check_.rule.severity.value for check_ in checks],
                "ground": [check_.rule.ground for check_ in checks],
                "confidence": [check_.rule.confidence.value for check_ in checks],
            }
        )

    def _in_file(self, check_: Check) -> bool:
        return check_.field is None or check_.field.key in self.landed.columns

    def _not_in_file(self) -> list[Check]:
        """Return the broken checks whose column the file does not have: told once, not once per row."""
        return [check_ for check_ in self.compiled.checks if self._numbers.get(check_.number) and not self._in_file(check_)]

    def _file_findings(self) -> pa.Table:
        found = list(self.landed.findings)
        for check_ in self._not_in_file():
            texts = self._words_of(check_, raw="", detail="")
            found.append(
                Finding(
                    column=str(texts["column"]),
                    field=str(texts["field"]),
                    rule=check_.rule.id,
                    severity=check_.rule.severity,
                    message=f"{texts['message']}（共{self._numbers[check_.number]}行）",
                    expected=str(texts["expected"]),
                    fix=NO_COLUMN_FIX,
                    ground=check_.rule.ground,
                    confidence=check_.rule.confidence.value,
                )
            )
        names = [name for name in FINDING_COLUMNS if name != "row"]
        return pa.table(
            {
                "row": pa.array([finding.row for finding in found], pa.int64()),
                **{name: pa.array([str(getattr(finding, name)) for finding in found], pa.string()) for name in names},
            }
        )


def _differs(check_: Check) -> bool:
    return depends_on_value(check_) or check_.rule.personal is not None


def _place(*, check_: Check, detail: str, item: Item, columns: Mapping[str, str]) -> tuple[str, str, str]:
    """Return the column's label, its catalogue key, and the kind of personal number where the rule is about one."""
    if check_.rule.whole_row:
        return "", "", ""
    if check_.rule.personal is None:
        assert check_.field is not None
        return label_of(field=check_.field, columns=columns), check_.field.key, ""
    key, _, kind = detail.rpartition(":")
    known = next((field for field in item.fields if field.key == key), None)
    return (key, "", kind) if known is None else (label_of(field=known, columns=columns), key, kind)


def _is_personal(field: Field | None) -> bool:
    return field is not None and (field.person_related or field.identity_document)
