"""The cases of ``gates/*.yaml``: lawful content, changed in one place, is refused for that and for nothing else."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from tests.law.cases import assembly_present
from xinheng.catalogue.domain.assembly import Assembly, assemble
from xinheng.catalogue.domain.gates import content_problems

FOLDER = Path(__file__).parent / "gates"


def cases():
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in content["cases"]:
            yield f"{path.stem}：{case['name']}", {"base": content["base"], "file": "sectors/case.yaml"} | case


CASES = dict(cases())


@pytest.fixture
def present():
    return assembly_present()


def words_in(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return {word for child in value for word in words_in(child)}
    return {value} if isinstance(value, str) else set()


LEANED_ON = words_in([[case["base"], case.get("change", {})] for case in CASES.values()])


@pytest.fixture
def around(present):
    """The part of the present catalogue that the cases lean on: a case is over in a few milliseconds."""
    return [entry for entry in present.entries if entry.identity in LEANED_ON or entry.collection in {"classes", "sectors"}]


def test_the_present_catalogue_passes_every_gate(present):
    assert content_problems(present) == []


def changed(base, changes):
    """Return the base with each change made: a path such as ``items.0.title``, and what stands there instead."""
    content = deepcopy(base)
    for path, value in changes.items():
        *parents, last = (int(part) if part.isdecimal() else part for part in path.split("."))
        place = content
        for part in parents:
            place = place[part]
        if last == "+":
            place.append(value)
        else:
            place[last] = value
    return content


def line_of(assembly, path):
    """Return the line where a path such as ``items.0.title`` stands."""
    collection, number, *inner = (int(part) if part.isdecimal() else part for part in path.split("."))
    (entry,) = [entry for entry in assembly.entries if entry.place.path == (collection, number)]
    return entry.place.line_of(*inner)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_is_refused_for_this_and_nothing_else(case, around):
    text = yaml.safe_dump(changed(case["base"], case.get("change", {})), allow_unicode=True, sort_keys=False, width=1000)
    own = assemble([(case["file"], text)])
    together = Assembly(entries=[*around, *own.entries], problems=own.problems)
    problems = [problem for problem in content_problems(together) if problem.file == case["file"]]
    assert problems == sorted(problems), "told file by file and line by line"
    told = "\n".join(map(str, problems))
    found = sorted((problem.rule, problem.line) for problem in problems)
    refused = case.get("refused", ())
    assert found == sorted((refusal["rule"], line_of(own, refusal["at"])) for refusal in refused), told
    assert all(words in told for refusal in refused for words in refusal.get("says", ())), told


def test_where_nothing_is_known_the_remedy_says_so():
    organ = """
organs:
  - {code: 11500236DEMO00001X, name: 演示局, short_name: 演示, kind: DEPARTMENT, sectors: [tax], is_demo: true, confidence: PROVISIONAL}
"""
    (problem,) = content_problems(assemble([("national/organs.yaml", organ)]))
    assert "改成已有的编号（如 （无））" in problem.how
