"""Compiled checks on disk are used only if they are whole and made by the same sources."""

import json
import subprocess
import sys

import pytest

from xinheng.adapters import storage
from xinheng.intake.checking import kept

TEXTS = {"broken": "SELECT 1", "over_file 3": "SELECT '二'"}
NO_IBIS = """
import os, sys
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.checking.compiler import compiled_for
catalogue = catalogue_current()
for item in catalogue.items[:1]:
    compiled_for(item=item, catalogue=catalogue)
print("ibis" in sys.modules)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.XINHENG_VAR = tmp_path
    return tmp_path / "cache" / "checks"


def kept_texts(texts=TEXTS, rule_set="a", part="item"):
    """Return what is given, and how often it had to be compiled."""
    compiled = []

    def compile_():
        compiled.append(part)
        return dict(texts)

    return kept.sql_kept(rule_set=rule_set, part=part, compile_=compile_), len(compiled)


def test_compiled_once():
    assert kept_texts() == (TEXTS, 1)
    assert kept_texts({"broken": "another"}) == (TEXTS, 0)


@pytest.mark.parametrize("other", [{"rule_set": "b"}, {"part": "item field"}])
def test_another_rule_set_or_part_is_compiled(other):
    kept_texts()
    assert kept_texts(**other) == (TEXTS, 1)


def test_other_sources_or_engines_are_compiled(monkeypatch):
    kept_texts()
    monkeypatch.setattr(kept, "_surroundings", lambda: "another duckdb")
    assert kept_texts() == (TEXTS, 1)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"SELECT 1", b"SELECT 2"),
        lambda content: b"[]",
        lambda content: json.dumps({**json.loads(content), "key": "0"}).encode(),
        lambda content: json.dumps({**json.loads(content), "sql": ["SELECT 1"]}).encode(),
    ],
)
def test_a_spoilt_file_is_compiled_again_and_mended(folder, spoil):
    kept_texts()
    [path] = folder.glob("*.json")
    path.write_bytes(spoil(path.read_bytes()))

    assert kept_texts() == (TEXTS, 1)
    assert kept_texts() == (TEXTS, 0)


def test_nothing_can_be_written(monkeypatch):
    def refuse(*_args):
        raise PermissionError

    monkeypatch.setattr(storage, "folder", refuse)
    assert kept_texts() == (TEXTS, 1)


def test_old_files_are_removed(folder, monkeypatch):
    monkeypatch.setattr(kept, "_FEW", 3)
    for number in range(5):
        kept_texts(part=str(number))
    assert len(list(folder.glob("*.json"))) == 3


def test_a_process_that_finds_its_checks_does_not_import_ibis(tmp_path):
    told = [
        subprocess.run(
            [sys.executable, "-c", NO_IBIS],
            env={"XINHENG_TEST_VAR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[-1]
        for _ in range(2)
    ]
    assert told == ["True", "False"]
