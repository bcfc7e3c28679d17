"""Check a catalogue folder or a sector pack before anybody uses it."""

from pathlib import Path

from xinheng.catalogue.domain import CatalogueProblem
from xinheng.catalogue.domain.assembly import assemble
from xinheng.catalogue.domain.gates import content_problems
from xinheng.catalogue.errors import CatalogueFolderMissing
from xinheng.catalogue.selectors import catalogue_sources


def catalogue_check(path: Path, *, base: Path | None = None) -> list[CatalogueProblem]:
    """Return what is wrong with the content under ``path``, by file and line; empty means usable.

    Args:
        path: a catalogue folder, or with ``base`` a folder or file that stands on another catalogue.
        base: the catalogue that ``path`` adds to; files of the same relative name are replaced.

    Raises:
        CatalogueFolderMissing: there is no YAML file under ``path`` or ``base``.
    """
    own = dict(catalogue_sources(path=path)) if path.exists() else {}
    below = dict(catalogue_sources(path=base)) if base is not None and base.exists() else {}
    if not own or (base is not None and not below):
        raise CatalogueFolderMissing(path=path if not own else base)
    problems = content_problems(assemble((below | own).items()))
    if base is None:
        return problems
    return [problem for problem in problems if problem.file in own]
