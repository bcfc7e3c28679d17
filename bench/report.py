"""The table of a run as Markdown, and its place in docs/performance.md."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.harness import Row

BEGIN = "<!-- table: written by `make bench` -->"
END = "<!-- end of table -->"
_HEAD = (
    "| job | case | size | ours | against | it | ratio | reach | reached | peak |\n|---|---|---|---|---|---|---|---|---|---|"
)


def rows_of(kept: Mapping[str, Any]) -> list[Row]:
    """Return the lines that were kept of one job."""
    return [Row(**row) for row in kept["rows"]]


def table(results: Mapping[str, Any]) -> str:
    """Return one table per job, with the parts of a job where they were measured."""
    return "\n".join(_section(job, kept) for job, kept in results.items())


def document_write(path: Path, results: Mapping[str, Any]) -> None:
    """Put each job's table in its place between the marks; jobs that were not measured here keep theirs."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    old, _, after = rest.partition(END)
    sections = {part.partition("\n")[0]: f"### {part.rstrip()}\n" for part in old.split("### ")[1:]}
    sections |= {job: _section(job, kept) for job, kept in results.items()}
    path.write_text(f"{before}{BEGIN}\n\n" + "\n".join(sections.values()) + f"\n{END}{after}", encoding="utf-8")


def _section(job: str, kept: Mapping[str, Any]) -> str:
    rows, machine = rows_of(kept), kept["machine"]
    parts = [f"### {job}\n\nMeasured {machine['day']}, {machine['processor']}, {machine['memory']}.\n\n{_HEAD}"]
    parts.extend(_line(row) for row in rows)
    parts.extend(_parts(row) for row in rows if row.parts)
    return "\n".join(parts).rstrip() + "\n"


def _line(row: Row) -> str:
    ratio = f"{row.speedup:.1f}× faster" if row.at_least is not None else f"{row.ratio:.2f}×"
    peak = f"{row.peak_mib:,.0f} MiB" if row.peak_mib else ""
    note = f" ({row.note})" if row.note else ""
    cells = (
        row.job,
        row.case + note,
        row.size,
        _time(row.ours, row.unit),
        row.peer_name,
        _time(row.peer, row.unit),
        ratio,
        _reach(row),
    )
    return "| " + " | ".join((*cells, {True: "yes", False: "**no**", None: ""}[row.reached], peak)) + " |"


def _reach(row: Row) -> str:
    if row.at_least is not None:
        return f"≥ {row.at_least:g}× faster"
    if row.at_most is None:
        return ""
    return f"≤ {row.at_most:g}×" + (f" (aim {row.aim:g}×)" if row.aim is not None else "")


def _time(value: float, unit: str) -> str:
    return f"{value:.2f} {unit}" if value >= 1 else f"{value * 1000:.2f} m{unit}"


def _parts(row: Row) -> str:
    shares = ", ".join(f"{name} {_time(seconds, row.unit)}" for name, seconds in row.parts.items())
    return f"\n{row.case}, {row.size}: {shares}.\n"
