"""A thousand mutated files come to every door: none crashes it, none is stored by half, every refusal says why.

``XINHENG_FUZZ_SEED``, ``XINHENG_FUZZ_FIRST`` and ``XINHENG_FUZZ_COUNT`` set the long run; a mutant that failed is kept
below ``build/fuzz``.
"""

import os
import sys
from pathlib import Path

import pytest
from tests.fuzz import run as fuzz
from tests.fuzz.doors import door_of
from tests.fuzz.kept import FOUND, Made, Seed, seeds
from tests.fuzz.mutants import LOAD, REGISTER_IMPORT, SEED, Mutant

KEPT_FAILURES = Path(__file__).parents[2] / "build" / "fuzz"
SHARE = 20


def _judged(cases, *, seed, worlds, capsys):
    report = fuzz.run(cases, seed=seed, worlds=worlds)
    text = f"seed {seed}, {len(report.judged)} mutants\n{report.text()}\n"
    KEPT_FAILURES.mkdir(parents=True, exist_ok=True)
    (KEPT_FAILURES / "report.txt").write_text(text, encoding="utf-8")
    with capsys.disabled():
        sys.stdout.write("\n" + text)
    return report


def _ensure_all_well(report, *, seed):
    told = fuzz.failures_save(report, seed=seed, folder=KEPT_FAILURES)
    assert not told + report.problems, "\n\n".join([f"seed {seed}", *told, *report.problems])


def test_a_share_of_the_mutants(worlds):
    report = fuzz.run(range(SHARE), seed=SEED, worlds=worlds(1))

    _ensure_all_well(report, seed=SEED)
    assert len(report.judged) == SHARE
    assert {one.verdict.outcome for one in report.judged} == {"accepted", "refused"}


@pytest.mark.fuzz
def test_all_mutants(worlds, capsys):
    seed = os.environ.get("XINHENG_FUZZ_SEED", SEED)
    first, count = (int(os.environ.get(f"XINHENG_FUZZ_{name}", default)) for name, default in (("FIRST", 0), ("COUNT", 1000)))

    report = _judged(range(first, first + count), seed=seed, worlds=worlds(2), capsys=capsys)

    _ensure_all_well(report, seed=seed)
    assert len(report.judged) == count


def _case(number, seed):
    made = Made(name=seed.name, content=seed.content, family=seed.family, story=seed.name)
    return Mutant(number=number, kind="kept", door=door_of(seed.name, family=seed.family), made=made)


@pytest.mark.parametrize("folder", ["sound", "strange"])
def test_the_corpus_is_what_it_says(folder, worlds):
    kept = seeds(folder)

    report = fuzz.run([_case(number, seed) for number, seed in enumerate(kept)], seed=SEED, worlds=worlds(1), batch=100)

    outcome = {"sound": "accepted", "strange": "refused"}[folder]
    assert [(one.story, one.verdict) for one in report.judged if one.verdict.outcome != outcome] == []
    assert not report.problems
    assert {one.door for one in report.judged} <= {LOAD, REGISTER_IMPORT}


def test_what_once_failed_does_not_fail_again(worlds):
    found = [Seed(path.name, path.read_bytes()) for path in sorted(FOUND.iterdir())]

    report = fuzz.run([_case(number, seed) for number, seed in enumerate(found)], seed=SEED, worlds=worlds(1), batch=100)

    assert [(one.story, one.verdict.problem) for one in report.failed] == []
    assert not report.problems
    assert len(report.judged) == len(found)
