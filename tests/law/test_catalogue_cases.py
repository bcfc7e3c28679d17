"""The cases of items, lists and measures: a Chinese sentence, an input, an output."""

import pytest
import yaml
from django.conf import settings

from tests.law.cases import BESIDE_THE_LAW
from xinheng.catalogue.selectors import catalogue_load_from

FOLDER = BESIDE_THE_LAW / "content"


def _cases(name):
    content = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in content["cases"]]


@pytest.fixture(scope="module")
def catalogue():
    return catalogue_load_from(settings.XINHENG_CATALOGUE_DIR)


def _plain(value):
    if isinstance(value, tuple | list):
        return [_plain(child) for child in value]
    return str(value) if hasattr(value, "value") else value


def _agrees(case, told):
    assert {key: _plain(told[key]) for key in case["output"]} == case["output"]


@pytest.mark.parametrize("case", _cases("items.yaml"))
def test_item(case, catalogue):
    item = catalogue.item(case["of"])
    told = {**dict(item), "column_count": len(item.fields)}
    asked = case.get("input", {})
    if "column" in asked:
        wanted = asked["column"]
        (field,) = [f for f in item.fields if wanted in {f.key, f.title, *f.aliases}]
        told |= dict(field) | {"position": item.fields.index(field) + 1}
        if "text" in asked:
            value = catalogue.code_list(field.code_list).value_by_text(asked["text"])
            told |= dict(value)
    _agrees(case, told)


@pytest.mark.parametrize("case", _cases("lists.yaml"))
def test_list(case, catalogue):
    _agrees(case, dict(catalogue.list_type(case["of"])))


@pytest.mark.parametrize("case", _cases("measures.yaml"))
def test_measure(case, catalogue):
    measure = catalogue.measure(case["of"])
    told = dict(measure)
    if "input" in case:
        row = measure.rows[case["input"]["row"] - 1]
        told |= dict(row) | {"instruments": [reference.instrument for reference in row.basis]}
    _agrees(case, told)
