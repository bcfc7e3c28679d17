"""No item, clock, regime, list or measure without a law case and a line in the reference."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tests.law.cases import BESIDE_THE_LAW
from xinheng.catalogue.selectors import catalogue_load_from

LAW = Path(__file__).parent
CATALOGUE = catalogue_load_from(settings.XINHENG_CATALOGUE_DIR)
REFERENCE = (settings.PROJECT / "docs/reference/catalogue.md").read_text(encoding="utf-8")


def _strings(value):
    if isinstance(value, dict):
        for key, child in value.items():
            if key != "name":
                yield from _strings(child)
    elif isinstance(value, list):
        for child in value:
            yield from _strings(child)
    elif isinstance(value, str):
        yield value


def _case_files():
    fixtures = LAW / "refusals"
    of_tests = (path for path in LAW.rglob("*.yaml") if path.parent == fixtures or fixtures not in path.parents)
    return sorted((*of_tests, *BESIDE_THE_LAW.rglob("*.yaml")))


def _named_in_cases():
    """Return every id that a case names; a display case names its item, and by it the item's clock."""
    named = set()
    for path in _case_files():
        if path.parent.name == "gates":
            continue  # these lean on what is there, they do not try it
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        words = {word for text in _strings(content) for word in (text, text.split("@", maxsplit=1)[0])}
        if path.parent.name == "display":
            words |= {item.display_clock for item in CATALOGUE.items if item.id in words}
        named |= words
    return named


NAMED = _named_in_cases()
ENTRIES = [
    *(("item", item.id) for item in CATALOGUE.items),
    *(("clock", clock.id) for clock in CATALOGUE.clocks),
    *(("regime", regime.id) for regime in CATALOGUE.regimes),
    *(("list", list_type.id) for list_type in CATALOGUE.list_types),
    *(("measure", measure.id) for measure in CATALOGUE.measures),
]


@pytest.mark.parametrize(("kind", "identity"), sorted(set(ENTRIES)))
def test_has_a_case_and_a_line_in_the_reference(kind, identity):
    assert identity in NAMED, f"no case in catalogue/_cases or tests/law names the {kind} {identity}"
    assert f"`{identity}`" in REFERENCE, f"docs/reference/catalogue.md has no line for the {kind} {identity}: run `make docs`"


@pytest.mark.parametrize("path", _case_files(), ids=lambda path: "/".join(path.parts[-2:]))
def test_case_names_are_sentences_and_unique(path):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = [case["name"] for case in content.get("cases", [])]
    assert len(names) == len(set(names))
    assert all(any("\u4e00" <= char <= "\u9fff" for char in name) for name in names)
