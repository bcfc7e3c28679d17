"""What the catalogue refuses: each fixture alone on top of the present catalogue."""

from pathlib import Path

import pytest
import yaml

from tests.law.cases import assembly_present
from xinheng.catalogue.domain.assembly import Assembly, assemble
from xinheng.catalogue.domain.gates import content_problems

FOLDER = Path(__file__).parent / "refusals"
CASES = yaml.safe_load((FOLDER / "cases.yaml").read_text(encoding="utf-8"))["cases"]


@pytest.fixture
def present():
    return assembly_present()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_is_refused_with_place_reason_and_remedy(case, present):
    text = (FOLDER / case["file"]).read_text(encoding="utf-8")
    own = assemble([(case["file"], text)])
    together = Assembly(entries=[*present.entries, *own.entries], problems=own.problems)
    problems = [problem for problem in content_problems(together) if problem.file == case["file"]]
    found = [problem for problem in problems if problem.rule == case["rule"]]
    assert found, f"not refused by {case['rule']}: {[str(problem) for problem in problems]}"
    told = "\n".join(str(problem) for problem in found)
    assert all(words in told for words in case["says"]), told
    assert all(problem.line > 0 and problem.why and problem.how for problem in found), told
    if "line" in case:
        assert case["line"] in {problem.line for problem in found}, told


def test_every_fixture_has_a_case():
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yaml")} - {"cases.yaml"}
    assert files == {case["file"] for case in CASES}
