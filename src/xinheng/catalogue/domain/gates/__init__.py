"""The gates: what catalogue content is refused, whoever wrote it (standards.md §1.5, protections.md)."""

from xinheng.catalogue.domain.assembly import Assembly
from xinheng.catalogue.domain.problems import CatalogueProblem


def content_problems(assembly: Assembly) -> list[CatalogueProblem]:
    """Return every problem, by file and line; an empty list means the content may be used."""
    return sorted(assembly.problems)
