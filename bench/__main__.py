"""``python -m bench``: measure jobs, print the table, and write it into docs/performance.md."""

from pathlib import Path

import click

from bench.harness import Row, results_merge, results_read
from bench.jobs import ASKED_ONLY, JOBS
from bench.machine import machine
from bench.report import document_write, table

RESULTS = Path("build/bench/results.json")
DOCUMENT = Path("docs/performance.md")


@click.command()
@click.argument("jobs", nargs=-1, type=click.Choice(sorted(JOBS)))
@click.option("--quick", is_flag=True, help="The smaller size of each job only; no growth.")
@click.option("--repeat", default=3, show_default=True, help="How often each thing is measured; medians are told.")
@click.option("--write", is_flag=True, help="Write the table into docs/performance.md.")
def main(*, jobs: tuple[str, ...], quick: bool, repeat: int, write: bool) -> None:
    """Measure JOBS (all by default), one after the other; keep what was measured in build/bench/results.json."""
    for name in jobs or tuple(job for job in JOBS if job not in ASKED_ONLY):
        click.echo(f"== {name}", err=True)
        rows: list[Row] = JOBS[name](quick=quick, repeat=repeat)
        results_merge(RESULTS, job=name, rows=rows, machine=machine())
    results = results_read(RESULTS)
    click.echo(table(results))
    if write:
        document_write(DOCUMENT, results)


if __name__ == "__main__":
    main()
