"""The groups of ``groups.yaml``, and a folder for each part in which mutmut works: its own tests, its own verdicts."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).parent
RESULTS = Path("mutants")
LINKED = ("src", "tests", "catalogue", "docs", "tools")
SENTENCES = r"""'^\s*(what|why|how|text)=', 'raise ValueError\(', '^\s*texts\.append\(f?"', '^\s*assert '"""
"""Lines that are not mutated: sentences for people, and what only tells the type checker something."""

CONFIGURATION = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = {modules}
do_not_mutate_patterns = [{sentences}]
also_copy = ["catalogue", "docs", "tools"]
pytest_add_cli_args = {arguments}
pytest_add_cli_args_test_selection = {tests}
timeout_multiplier = 2.0
timeout_constant = 30.0
on_dependency_change = "ignore"
process_isolation = "{isolation}"
"""
ARGUMENTS = (
    *("-p", "tools.mutants.fresh", "-p", "no:cacheprovider", "-p", "no:xdist"),
    # It collects all garbage twice a run, which takes longer than most tests here.
    *("-p", "no:unraisableexception"),
    # The tests run again and again in one process, and each time the Chinese names would be escaped once more.
    *("-o", "disable_test_id_escaping_and_forfeit_all_rights_to_community_support=true"),
)


class Part(BaseModel):
    """Modules that are tried together, by the same tests.

    ``isolation``: ``forkserver`` where a process that has run the tests has threads that hold locks, so that its forks wait
    for ever; slower, because what the tests read once is read again by each.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    isolation: Literal["fork", "forkserver"] = "fork"


class Group(BaseModel):
    """Modules that must reach the score together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    parts: dict[str, Part]

    @property
    def modules(self) -> Iterator[str]:
        """The modules of all parts."""
        for part in self.parts.values():
            yield from part.modules


def groups() -> tuple[tuple[Group, ...], float]:
    """Return the groups and the least score of each."""
    content = yaml.safe_load((HERE / "groups.yaml").read_text(encoding="utf-8"))
    return tuple(Group(**group) for group in content["groups"]), content["least_score"]


def parts() -> dict[str, Part]:
    """Return every part by its name."""
    return {name: part for group in groups()[0] for name, part in group.parts.items()}


def folder_of(module: str) -> Path:
    """Return the folder in which mutmut works on a module."""
    return RESULTS / next(name for name, part in parts().items() if module in part.modules)


def workplace(name: str) -> Path:
    """Make the folder of a part: links to the project's own folders, and a pyproject.toml with this part's tests."""
    part, folder = parts()[name], RESULTS / name
    folder.mkdir(parents=True, exist_ok=True)
    for linked in LINKED:
        link = folder / linked
        if not link.is_symlink():
            link.symlink_to(Path("../..") / linked)
    section = CONFIGURATION.format(
        modules=list(part.modules),
        sentences=SENTENCES,
        arguments=list(ARGUMENTS),
        tests=list(part.tests),
        isolation=part.isolation,
    )
    text = Path("pyproject.toml").read_text(encoding="utf-8") + section
    tomllib.loads(text)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder
