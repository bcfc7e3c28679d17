"""What import-linter cannot say about the layers."""

import ast
import re
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from tools.architecture_picture import layers

SOURCE = Path(__file__).resolve().parents[2] / "src" / "xinheng"
LAYERS = layers()
OPEN_EDGES = {"kernel", "adapters"}
# Schemas: what one context says of a record by API is part of what another says.
PUBLIC_ROOMS = {"services", "selectors", "domain", "errors", "expressions", "urls", "schemas"}


def _context(module: str) -> str:
    return module.split(".")[1]


def test_other_contexts_see_only_the_public_rooms():
    graph = grimp.build_graph("xinheng")
    offences = []
    for importer in sorted(graph.modules):
        for imported in graph.find_modules_directly_imported_by(importer):
            parts = imported.split(".")
            if len(parts) < 3 or len(importer.split(".")) < 2 or parts[1] == _context(importer) or parts[1] in OPEN_EDGES:
                continue
            if _context(importer) not in {"config", "__main__"} and parts[2] not in PUBLIC_ROOMS:
                offences.append(f"{importer} -> {imported}")
    # A context's models are seen by its neighbours only as types of rows (foreign keys, querysets).
    allowed = {offence for offence in offences if re.search(r"\.models(\.\w+)?$", offence)}
    # The frame of the site is worn by the workbench too (ADR 0040).
    allowed |= {
        offence for offence in offences if re.fullmatch(r"xinheng\.workbench\..* -> xinheng\.portal\.views\.frame", offence)
    }
    assert sorted(set(offences) - allowed) == []


def test_foreign_keys_point_down_the_layers():
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("xinheng."):
            continue
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model.__module__.startswith("xinheng."):
                here, there = (LAYERS.index(_context(module.__module__)) for module in (model, field.related_model))
                if here > there:
                    wrong.append(f"{model.__name__}.{field.name}")
    assert wrong == []


INTERFACE_ROOMS = re.compile(
    r"/(cli|api|views|tasks|commands|middleware|context_processors)(/|\.py|_)|/adapters/clock\.py|/config/"
)


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_house_rules(path):
    tree = ast.parse(path.read_text())
    inside = str(path.relative_to(SOURCE.parent))
    interface = INTERFACE_ROOMS.search("/" + inside) is not None
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.dispatch":
            pytest.fail(f"{inside}:{node.lineno} business flow by signals")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not interface:
            name = ast.unparse(node.func)
            if name in {"date.today", "datetime.now", "timezone.now", "clock.today", "clock.now", "timezone.localdate"}:
                pytest.fail(f"{inside}:{node.lineno} reads the clock: take the day or moment as an argument")
    lines = path.read_text().count("\n")
    assert lines <= 400 or "/migrations/" in inside, f"{inside} has {lines} lines"
    assert path.stem not in {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("suffix", [".html", ".scss", ".js"])
def test_pages_and_styles_are_no_longer_than_code(suffix):
    lengths = {path.name: path.read_text().count("\n") for path in SOURCE.rglob(f"*{suffix}")}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_nothing_names_this_machine_or_a_registry():
    root = SOURCE.parents[1]
    folders = [path for name in (".ci", "catalogue", "docs", "tools", "tests") for path in root.glob(f"{name}/**/*")]
    for path in [*root.glob("*"), *folders, *SOURCE.rglob("*")]:
        if (
            path.is_file()
            and path.name not in {".git", Path(__file__).name}
            and path.suffix in {".py", ".toml", ".lock", ".md", ".json", ".yaml", ".html", ""}
        ):
            text = path.read_text(errors="replace")
            found = re.search(r"pypi\.org|pythonhosted|npmjs\.org|(?<![\w.])/(work|farm)/", text)
            assert found is None, f"{path.relative_to(root)}: {found}"
