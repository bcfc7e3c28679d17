"""The gates: what catalogue content is refused, whoever wrote it (standards.md §1.5, protections.md)."""

from xinheng.catalogue.domain.assembly import Assembly
from xinheng.catalogue.domain.gates.admission import admission_problems
from xinheng.catalogue.domain.gates.grounds import ground_problems
from xinheng.catalogue.domain.gates.protections import protection_problems
from xinheng.catalogue.domain.gates.references import reference_problems
from xinheng.catalogue.domain.problems import CatalogueProblem


def content_problems(assembly: Assembly) -> list[CatalogueProblem]:
    """Return every problem, by file and line; an empty list means the content may be used.

    Where a file cannot be read into types its entries are missing, so the gates would report
    false dangling references: they run only when everything was read.
    """
    problems = list(assembly.problems)
    if not problems:
        problems += reference_problems(assembly)
        problems += ground_problems(assembly)
        problems += admission_problems(assembly)
        problems += protection_problems(assembly)
    return sorted(set(problems))
