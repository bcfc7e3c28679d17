"""Which rules there are, and which checks they make for an item."""

import hashlib
import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import cast

from xinheng.catalogue.domain import Catalogue, Field, Item
from xinheng.intake.checking import rules as rules_package
from xinheng.intake.checking.model import Check, Rule, RuleFile


@cache
def rule_files() -> tuple[RuleFile, ...]:
    """Return the rule files in the order of their names (V01, V01b, …)."""
    names = sorted(module.name for module in pkgutil.iter_modules(rules_package.__path__))
    modules = [cast("RuleFile", importlib.import_module(f"{rules_package.__name__}.{name}")) for name in names]
    ids = [module.RULE.id for module in modules]
    assert len(set(ids)) == len(ids), "two rule files share an id"
    return tuple(sorted(modules, key=lambda module: _order(module.RULE.id)))


def _order(rule_id: str) -> tuple[int, str]:
    return ("VCLQF".index(rule_id[0]), rule_id)


def rules_all() -> tuple[Rule, ...]:
    """Return every rule: national ones (V), from the catalogue (C), of lists (L), our own (Q), of reading (F)."""
    return tuple(module.RULE for module in rule_files())


@cache
def rule(rule_id: str) -> Rule:
    """Return the rule with this id.

    Raises:
        KeyError: there is none.
    """
    for found in rules_all():
        if found.id == rule_id:
            return found
    raise KeyError(rule_id)


def checks_for(item: Item) -> tuple[Check, ...]:
    """Return the checks of an item, numbered in a stable order: one per rule and field it marks."""
    checks: list[Check] = []
    for module in rule_files():
        checks += [
            Check(number=len(checks) + offset, rule=module.RULE, field=field, module=module)
            for offset, field in enumerate(_marked(module, item))
        ]
    return tuple(checks)


def patterns_of(checks: Iterable[Check]) -> dict[str, str]:
    """Return for each field that rules search for words one regular expression of all of them."""
    found: dict[str, list[str]] = {}
    for check in checks:
        pattern = getattr(check.module, "PATTERN", None)
        if pattern is not None and check.field is not None:
            found.setdefault(check.field.key, []).append(pattern)
    return {key: "|".join(dict.fromkeys(patterns)) for key, patterns in found.items()}


def _marked(module: RuleFile, item: Item) -> list[Field | None]:
    rule_ = module.RULE
    if rule_.kinds and item.kind not in rule_.kinds:
        return []
    if any(item.field_by_role(role) is None for role in rule_.reads):
        return []
    if rule_.personal is not None or rule_.whole_row:
        return [None]
    applies = getattr(module, "applies", None)
    if applies is not None:
        return [field for field in item.fields if applies(field)]
    return [field for role in rule_.marks if (field := item.field_by_role(role)) is not None]


@cache
def _source_hash() -> str:
    """Return a hash of every source file of the checks."""
    digest = hashlib.sha256()
    folder = Path(inspect.getfile(rules_package)).parents[1]
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def rule_set_version(catalogue: Catalogue) -> str:
    """Return what tells one set of rules from another: the catalogue's hash and the rules' sources (16 hex digits)."""
    return hashlib.sha256(f"{catalogue.hash}\n{_source_hash()}".encode()).hexdigest()[:16]
