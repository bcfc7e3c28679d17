"""What became of the mutants: read from mutmut's results and those of the listed mutations, set beside what is explained."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import yaml
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from pydantic import BaseModel, ConfigDict

from tools.mutants.groups import folder_of
from tools.mutants.listed import listed_mutations, verdicts

HERE = Path(__file__).parent
KILLED, TIMEOUT, NOT_RUN = "killed", "timeout", "not checked"


class Explained(BaseModel):
    """A survivor that changes nothing that could be told from outside, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    function: str
    was: str
    becomes: str
    because: str


@dataclass(frozen=True)
class Mutant:
    """One mutant with its verdict; ``function`` is its place, ``was`` and ``becomes`` the changed lines."""

    module: str
    name: str
    verdict: str
    function: str = ""
    was: str = ""
    becomes: str = ""

    @property
    def is_killed(self) -> bool:
        """Whether the tests noticed; a mutant that never ends is noticed too."""
        return self.verdict in {KILLED, TIMEOUT}

    @property
    def change(self) -> tuple[str, str, str]:
        """What an explanation names it by."""
        return self.function, self.was, self.becomes

    @property
    def is_left(self) -> bool:
        """Whether it was tried and nobody noticed."""
        return not self.is_killed and self.verdict != NOT_RUN


@dataclass(frozen=True)
class Score:
    """The counts of a module or group."""

    title: str
    mutants: int
    killed: int
    timeouts: int
    survived: int
    explained: int
    not_run: int

    @property
    def tried(self) -> int:
        """How many were tried."""
        return self.mutants - self.not_run

    @property
    def strict(self) -> float:
        """Percentage killed of those tried."""
        return 100 * (self.killed + self.timeouts) / self.tried if self.tried else 100.0

    @property
    def honest(self) -> float:
        """Percentage killed of those tried that could be told from the original."""
        told_apart = self.tried - self.explained
        return 100 * (self.killed + self.timeouts) / told_apart if told_apart else 100.0


def explanations() -> dict[tuple[str, str, str], str]:
    """Return the reasons of the explained survivors by function and changed line."""
    content = yaml.safe_load((HERE / "explained.yaml").read_text(encoding="utf-8")) or []
    entries = [Explained(because=reason["because"], **change) for reason in content for change in reason["changes"]]
    return {(entry.function, entry.was, entry.becomes): entry.because for entry in entries}


def meta_of(module: str) -> Path:
    """Return where mutmut keeps the verdicts of a module."""
    return folder_of(module) / "mutants" / f"{module}.meta"


def mutants_of(module: str) -> Iterator[Mutant]:
    """Yield the mutants of a module with what is known of them."""
    meta = meta_of(module)
    if meta.exists():
        for name, code in json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            verdict = status_by_exit_code[code]
            if verdict in {KILLED, TIMEOUT}:
                yield Mutant(module, name, verdict)
            else:
                was, becomes = _changed_lines(_diff(module, name))
                yield Mutant(module, name, verdict, _function(name), was, becomes)
    known = verdicts()
    for number, listed in enumerate(listed_mutations()):
        if listed.file == module:
            verdict = known.get(listed.key, NOT_RUN)
            yield Mutant(module, f"listed {number}", verdict, "listed", listed.was.strip(), listed.becomes.strip())


def _diff(module: str, name: str) -> str:
    with chdir(folder_of(module)):
        return get_diff_for_mutant(name, path=module)


def _changed_lines(diff: str) -> tuple[str, str]:
    lines = diff.splitlines()
    was = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
    becomes = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
    return " ".join(was), " ".join(becomes)


def _function(name: str) -> str:
    """Return the function of a mutant's name: ``a.b.xǁClassǁmethod__mutmut_3`` and ``a.b.x_function__mutmut_3``."""
    module, _, mangled = name.rpartition("__mutmut_")[0].rpartition(".")
    own = mangled.removeprefix("xǁ").replace("ǁ", ".") if "ǁ" in mangled else mangled.removeprefix("x_")
    return f"{module.removeprefix('xinheng.')}.{own}"


def score_of(title: str, mutants: list[Mutant]) -> Score:
    """Count the mutants of a module or group."""
    counts = Counter(mutant.verdict for mutant in mutants)
    told = explanations()
    left = [mutant for mutant in mutants if mutant.is_left]
    return Score(
        title=title,
        mutants=len(mutants),
        killed=counts[KILLED],
        timeouts=counts[TIMEOUT],
        survived=len(left),
        explained=sum(mutant.change in told for mutant in left),
        not_run=counts[NOT_RUN],
    )
