"""``python -m tools.mutants``: change the code in small ways, run its tests, tell which changes nobody noticed."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click

os.environ.setdefault("XINHENG_TEST_VAR", str(Path("var/test-mutants").resolve()))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
sys.path.insert(0, "src")

from tools.mutants.groups import folder_of, groups, parts, workplace
from tools.mutants.listed import listed_mutations, run_listed
from tools.mutants.verdicts import NOT_RUN, Mutant, Score, explanations, mutants_of, score_of

PAGE = Path("docs/mutants.md")
HEADER = (
    "| | mutants | tried | killed | timeouts | survived | of these explained | score of those tried | without the explained |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


@click.group()
def main() -> None:
    """Mutation testing of clocks, display right, gates and matching order."""


@main.command()
@click.argument("modules", nargs=-1)
@click.option("--children", default=2, show_default=True, help="Mutants tried at a time.")
def run(modules: tuple[str, ...], children: int) -> None:
    """Try what has not been killed yet, in all modules or those whose path contains one of MODULES; print the table."""
    wanted = {module for part in parts().values() for module in part.modules if any(word in module for word in modules or [""])}
    if not wanted:
        raise click.UsageError(f"no module's path contains {' or '.join(modules)}; see tools/mutants/groups.yaml")
    release = _server()
    try:
        for name, part in parts().items():
            chosen = [module for module in part.modules if module in wanted]
            if chosen:
                _run_part(workplace(name), chosen, children)
        for mutation, verdict in run_listed([one for one in listed_mutations() if one.file in wanted], children=children):
            if verdict != "killed":
                click.echo(f"{verdict}: {mutation.file}: {mutation.wrong}")
    finally:
        release()
    _told(only=wanted)


@main.command()
@click.option("--write", is_flag=True, help="Write table and survivors into docs/mutants.md as well.")
def table(*, write: bool) -> None:
    """Print the table of what is known, and every survivor with its reason."""
    _told(only=None, write=write)


def _run_part(folder: Path, modules: list[str], children: int) -> None:
    """Try the mutants of functions that are new or changed, then those that survived before."""
    survived = _survivors(modules)
    if any(_is_changed(module) for module in modules):
        # Without names it tries what has no verdict; it forgets those of a changed function itself.
        _run_mutmut(folder, [], children)
        for module in modules:
            tried = folder / "tried" / module
            tried.parent.mkdir(parents=True, exist_ok=True)
            tried.write_bytes(Path(module).read_bytes())
    if left := survived & _survivors(modules):
        _run_mutmut(folder, sorted(left), children)


def _survivors(modules: list[str]) -> set[str]:
    """Return the mutants of the modules that survived without an explanation; a new test may kill them."""
    because = explanations()
    every = (mutant for module in modules for mutant in mutants_of(module))
    return {mutant.name for mutant in every if mutant.is_left and mutant.function != "listed" and mutant.change not in because}


def _run_mutmut(folder: Path, mutants: list[str], children: int) -> None:
    program = [sys.executable, "-m", "tools.mutants.in_random_order"]
    subprocess.run([*program, "run", "--max-children", str(children), *mutants], cwd=folder, check=True)


def _server() -> Callable[[], None]:
    """Hold the tests' database server, so that it is not started and stopped for every mutant."""
    from django.conf import settings

    server = settings.EMBEDDED_SERVER.acquire()
    return server.release


def _is_changed(module: str) -> bool:
    """Say whether a module has changed since all its mutants were tried, or some have not been tried."""
    tried = folder_of(module) / "tried" / module
    if not tried.exists() or tried.read_bytes() != Path(module).read_bytes():
        return True
    return any(mutant.verdict == NOT_RUN and mutant.function != "listed" for mutant in mutants_of(module))


def _told(*, only: set[str] | None, write: bool = False) -> None:
    all_groups, least = groups()
    because = explanations()
    survivors: list[Mutant] = []
    too_low: list[str] = []
    lines = [HEADER]
    for group in all_groups:
        chosen = [module for module in group.modules if only is None or module in only]
        found = {module: list(mutants_of(module)) for module in chosen}
        lines += [
            _line(score_of(f"`{module.removeprefix('src/xinheng/')}`", mutants)) for module, mutants in found.items() if mutants
        ]
        everything = [mutant for mutants in found.values() for mutant in mutants]
        if not everything:
            continue
        score = score_of(f"**{group.title}**", everything)
        lines.append(_line(score))
        if score.not_run or score.honest < least:
            too_low.append(group.title)
        survivors += [mutant for mutant in everything if mutant.is_left]
    click.echo("\n".join(lines))
    reasons = [_reason(mutant, because.get(mutant.change)) for mutant in survivors]
    click.echo("\n" + "\n".join(reasons))
    if write:
        _write(lines, reasons)
    if too_low:
        raise click.ClickException(f"below {least} %, or not all tried: {', '.join(too_low)}")


def _line(score: Score) -> str:
    cells = [score.title, score.mutants, score.tried, score.killed, score.timeouts, score.survived, score.explained]
    return f"| {' | '.join(map(str, cells))} | {score.strict:.1f} % | {score.honest:.1f} % |"


def _reason(mutant: Mutant, because: str | None) -> str:
    change = f"`{mutant.was}` → `{mutant.becomes or '(nothing)'}`"
    return f"- {mutant.function}: {change}: {because or f'**{mutant.verdict}, not explained** ({mutant.name})'}"


def _write(lines: list[str], reasons: list[str]) -> None:
    """Put the table and the survivors into the page, between its marks."""
    text = PAGE.read_text(encoding="utf-8")
    for mark, content in (("table", lines), ("survivors", reasons)):
        start, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->"
        before, _, rest = text.partition(start)
        text = before + start + "\n".join(content) + "\n" + end + rest.partition(end)[2]
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
