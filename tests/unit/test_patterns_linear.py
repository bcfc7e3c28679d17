"""No pattern of ours can be made to run away (ReDoS): texts twice as long take at most some three times as long.

Every pattern that stands in the source is collected, compiled ones and those that are given to a function, and tried on texts made
from its own repetitions: what leads to one, the repetition pumped, and an end that does not fit. Checks of the law run on engines
without backtracking and catalogue authors write no patterns; the loader's keys have none (last test).
"""

import ast
import re
import signal
import warnings
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from time import process_time

import pytest
from django.conf import settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import sre_constants
    import sre_parse

SOURCE = Path(settings.PROJECT) / "src" / "xinheng"
SHORT, LONG = 2_000, 4_000
GROWTH = 3.2
"""Between a text and one twice as long: 2 is linear, 4 quadratic."""
NOTICED = 0.02
"""Seconds of processor time below which nothing is noticed, whatever it grows like."""
TRUSTED = {
    r"(\d+)(?:\.\d+|devel|beta\d+|rc\d+)": "what the server's own program says of its version",
    ".*[县区市](?=.)": "at most eight characters, found by the pattern before it",
}
"""Pattern → why nobody outside writes long texts for it."""
ENDS = ("\x00", "a0")
FUNCTIONS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}


@lru_cache(maxsize=1)
def sources() -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py"))}


def patterns() -> Iterator[tuple[str, str, bool]]:
    """Yield where a pattern stands, the pattern, and whether it is looked for anywhere in a text, of every call of ``re``."""
    everything = "\n".join(sources().values())
    for path in sources():
        for node in ast.walk(_tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in FUNCTIONS:
                continue
            if not isinstance(node.func.value, ast.Name) or node.func.value.id != "re" or not node.args:
                continue
            if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                named = _names(path).get(node, "")
                used = set(re.findall(rf"\b{named}\.(\w+)\(", everything)) if named else {"match"}
                anywhere = node.func.attr not in {"match", "fullmatch", "compile"} or bool(used - {"match", "fullmatch"})
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node.args[0].value, anywhere


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(sources()[path])


def _names(path: Path) -> dict[ast.AST, str]:
    """Return under which name each compiled pattern of a file goes."""
    found = {}
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found[node.value] = getattr(target, "id", "")
    return found


FOUND = sorted({text: (where, anywhere) for where, text, anywhere in patterns()}.items())


def _text(parsed) -> str:
    """Return some text that a parsed pattern fits, each repetition once or as often as it must be."""
    return "".join(_one(kind, value) for kind, value in parsed)


def _one(kind, value) -> str:
    if kind is sre_constants.LITERAL:
        return chr(value)
    if kind is sre_constants.NOT_LITERAL:
        return "b" if value == ord("a") else "a"
    if kind is sre_constants.ANY:
        return "a"
    if kind is sre_constants.IN:
        return _of_set(value)
    if kind in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT):
        return _text(value[2]) * max(value[0], 1)
    if kind is sre_constants.SUBPATTERN:
        return _text(value[3])
    if kind is sre_constants.BRANCH:
        return _text(value[1][0])
    return ""


def _of_set(members) -> str:
    compiled = {"category_digit": "0", "category_word": "a", "category_space": " ", "category_not_space": "a"}
    if members and members[0][0] is sre_constants.NEGATE:
        unwanted = {chr(value) for kind, value in members if kind is sre_constants.LITERAL}
        return next(letter for letter in "a0 演-_.;~" if letter not in unwanted)
    kind, value = members[0]
    if kind is sre_constants.LITERAL:
        return chr(value)
    if kind is sre_constants.RANGE:
        return chr(value[0])
    return compiled.get(str(value).lower(), "a")


def pumps(parsed, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield for every repetition what leads to it and what it repeats, those inside others too."""
    for kind, value in parsed:
        if kind in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT):
            inner = _text(value[2])
            if value[1] > 20 and inner:
                yield before, inner
            yield from pumps(value[2], before)
        elif kind is sre_constants.SUBPATTERN:
            yield from pumps(value[3], before)
        elif kind is sre_constants.BRANCH:
            for branch in value[1]:
                yield from pumps(branch, before)
        before += _one(kind, value)


def seconds(compiled, text: str, *, anywhere: bool) -> float:
    began = process_time()
    compiled.search(text) if anywhere else compiled.fullmatch(text)
    return process_time() - began


def _ended(_number, _frame):
    raise TimeoutError("a pattern ran for two seconds of the processor")


def worst(pattern: str, *, anywhere: bool = True) -> float:
    """Return how the time grows at the worst text, 0 where nothing takes a noticeable time."""
    compiled, found = re.compile(pattern), 0.0
    signal.signal(signal.SIGVTALRM, _ended)
    for before, pumped in [*pumps(sre_parse.parse(pattern)), ("", "a"), ("", " "), ("", "0")]:
        for end in ENDS:
            signal.setitimer(signal.ITIMER_VIRTUAL, 2)
            try:
                # From a few on, so that what grows exponentially is seen before it takes for ever.
                for length in (15, 25, 100, 1_000):
                    if seconds(compiled, before + pumped * length + end, anywhere=anywhere) > 0.5:
                        return float("inf")
                longer = seconds(compiled, before + pumped * (LONG // len(pumped)) + end, anywhere=anywhere)
                if longer > NOTICED:
                    shorter = seconds(compiled, before + pumped * (SHORT // len(pumped)) + end, anywhere=anywhere)
                    found = max(found, longer / max(shorter, 1e-9))
            except TimeoutError:
                return float("inf")
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return found


def test_there_are_patterns_and_the_measure_sees_what_runs_away():
    assert len(FOUND) > 50
    assert worst(r"(a+)+$") == float("inf")
    assert worst(r"\s*(.*)\s*,x\s*$") > GROWTH
    assert worst(r"[a-z]+@[a-z]+", anywhere=False) <= GROWTH


@pytest.mark.parametrize(
    ("pattern", "where", "anywhere"), [(text, *rest) for text, rest in FOUND], ids=[w for _, (w, _) in FOUND]
)
def test_no_pattern_runs_away(pattern, where, anywhere):
    assert pattern in TRUSTED or worst(pattern, anywhere=anywhere) <= GROWTH, f"{where}: {pattern}"


def test_authors_of_the_catalogue_write_no_patterns():
    """A key of the catalogue that took a regular expression would have to be bounded first."""
    schema = (SOURCE / "catalogue").rglob("*.py")
    keys = {
        name
        for path in schema
        for name in re.findall(r"^    (\w*(?:pattern|regex)\w*):", path.read_text("utf-8"), re.MULTILINE)
    }
    assert keys == set()


def test_what_is_trusted_is_there_still():
    assert set(TRUSTED) <= {text for text, _ in FOUND}
