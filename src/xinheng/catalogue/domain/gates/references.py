"""Ids are unique, versions do not overlap, and every id that is named exists."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import pairwise

from pydantic import BaseModel

from xinheng.catalogue.domain.assembly import Assembly, Entry
from xinheng.catalogue.domain.base import Reference
from xinheng.catalogue.domain.items import Edition, Item, ItemClass
from xinheng.catalogue.domain.places import Organ
from xinheng.catalogue.domain.problems import CatalogueProblem
from xinheng.catalogue.domain.roles import ROLES
from xinheng.catalogue.domain.snapshot import IDENTITIES
from xinheng.catalogue.domain.terms import Clock, ListType, RegimeSpec
from xinheng.catalogue.domain.values import FieldType
from xinheng.catalogue.domain.yaml_source import Path
from xinheng.kernel.dates import ONE_DAY

Known = dict[str, set[str]]
ANY_ORGAN = "*"


def references_in(value: object, path: Path = ()) -> Iterator[tuple[Path, Reference]]:
    """Yield every reference inside ``value`` with its path."""
    if isinstance(value, Reference):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from references_in(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for index, child in enumerate(value):
            yield from references_in(child, (*path, index))


def reference_problems(assembly: Assembly) -> Iterator[CatalogueProblem]:
    """Yield duplicate ids, overlapping versions and dangling references."""
    known: Known = {name: {str(getattr(entry.value, key)) for entry in assembly.of(name)} for name, key in IDENTITIES.items()}
    yield from _duplicates(assembly)
    for entry in assembly.entries:
        yield from _dangling(entry, known)
    yield from _overlaps(assembly)


def _duplicates(assembly: Assembly) -> Iterator[CatalogueProblem]:
    seen: dict[tuple[str, str], Entry] = {}
    for entry in assembly.entries:
        key = (entry.collection, entry.identity)
        if key in seen:
            first = seen[key].place
            yield entry.problem(
                rule="catalogue.reference.duplicate",
                what=f"编号“{entry.identity}”重复",
                why=f"{first.file.name}:{first.line_of()} 已经有同一编号，两处内容会互相冲突。",
                how="改用别的编号，或者把两处合并。",
            )
        seen.setdefault(key, entry)


def _missing(entry: Entry, *inner: str | int, what: str, known: set[str], value: str) -> CatalogueProblem:
    near = "、".join(sorted(known)[:8]) or "（无）"
    return entry.problem(
        *inner,
        rule="catalogue.reference.dangling",
        what=f"引用了不存在的{what}“{value}”",
        why="引用落空，依据、期限或者代码就查不到。",
        how=f"改成已有的编号（如 {near}），或者先在目录里补上这一条。",
    )


def _dangling(entry: Entry, known: Known) -> Iterator[CatalogueProblem]:
    for path, reference in references_in(entry.value):
        if reference.instrument not in known["instruments"]:
            yield _missing(entry, *path, what="依据", known=known["instruments"], value=reference.instrument)
    checks: dict[type[BaseModel], Callable[[Entry, Known], Iterator[CatalogueProblem]]] = {
        Item: _item,
        Clock: _clock,
        ListType: _list_type,
        RegimeSpec: _regime,
        Organ: _organ,
        Edition: _edition,
        ItemClass: _item_class,
    }
    check = checks.get(type(entry.value))
    if check is not None:
        yield from check(entry, known)


def _each(
    entry: Entry, known: Known, collection: str, what: str, values: tuple[str, ...], *inner: str | int
) -> Iterator[CatalogueProblem]:
    for index, value in enumerate(values):
        if value not in known[collection] and value != ANY_ORGAN:
            yield _missing(entry, *inner, index, what=what, known=known[collection], value=value)


def _item(entry: Entry, known: Known) -> Iterator[CatalogueProblem]:
    item = entry.value
    assert isinstance(item, Item)
    if item.class_id is not None and item.class_id not in known["classes"]:
        yield _missing(entry, "class_id", what="目录类别", known=known["classes"], value=item.class_id)
    if item.display_clock not in known["clocks"]:
        yield _missing(entry, "display_clock", what="期限", known=known["clocks"], value=item.display_clock)
    if item.reporting_clock is not None and item.reporting_clock not in known["clocks"]:
        yield _missing(entry, "reporting_clock", what="期限", known=known["clocks"], value=item.reporting_clock)
    yield from _each(entry, known, "sectors", "领域", item.responsible_organs, "responsible_organs")
    seen: dict[str, str] = {}
    for index, field in enumerate(item.fields):
        for label, value in (("列代码", field.key), ("英文名", field.name), ("列名", field.title)):
            if seen.setdefault(f"{label}:{value}", field.key) != field.key or (
                label == "列代码" and sum(other.key == value for other in item.fields) > 1
            ):
                yield entry.problem(
                    "fields", index,
                    rule="catalogue.reference.duplicate",
                    what=f"{label}“{value}”在同一事项里出现两次",
                    why="导入时认不出该填到哪一列。",
                    how="改名，或者删去多余的一列。",
                )  # fmt: skip
        if field.code_list is not None and field.code_list not in known["code_lists"]:
            yield _missing(entry, "fields", index, "code_list", what="代码表", known=known["code_lists"], value=field.code_list)
        if (field.type is FieldType.CODE) != (field.code_list is not None):
            yield entry.problem(
                "fields", index,
                rule="catalogue.item.code_list",
                what=f"列“{field.title}”的类型与代码表对不上",
                why="代码型的列必须有代码表，其他类型不能有。",
                how="type 写 CODE 并补上 code_list，或者两个都去掉。",
            )  # fmt: skip
        if field.role is not None and field.role not in ROLES:
            yield _missing(entry, "fields", index, "role", what="角色", known=set(ROLES), value=field.role)


def _clock(entry: Entry, known: Known) -> Iterator[CatalogueProblem]:
    clock = entry.value
    assert isinstance(clock, Clock)
    for index, version in enumerate(clock.versions):
        yield from _each(entry, known, "sectors", "领域", version.sectors, "versions", index, "sectors")


def _list_type(entry: Entry, known: Known) -> Iterator[CatalogueProblem]:
    list_type = entry.value
    assert isinstance(list_type, ListType)
    if list_type.item_id not in known["items"]:
        yield _missing(entry, "item_id", what="信息事项", known=known["items"], value=list_type.item_id)
    yield from _each(entry, known, "sectors", "领域", list_type.lister_sectors, "lister_sectors")
    yield from _each(entry, known, "measures", "措施", list_type.measures, "measures")


def _regime(entry: Entry, known: Known) -> Iterator[CatalogueProblem]:
    regime = entry.value
    assert isinstance(regime, RegimeSpec)
    yield from _each(entry, known, "items", "信息事项", regime.item_ids, "item_ids")
    yield from _each(entry, known, "sectors", "领域", regime.sectors, "sectors")
    for index, rule in enumerate(regime.classes):
        yield from _each(entry, known, "sectors", "领域", rule.sectors, "classes", index, "sectors")
    severities = {term.severity for term in regime.terms}
    for index, rule in enumerate(regime.classes):
        if rule.severity not in severities:
            yield entry.problem(
                "classes", index,
                rule="catalogue.regime.no_term",
                what=f"失信程度“{rule.severity.label}”没有对应的期限",
                why="划到这一类的处罚会算不出公示期。",
                how="在 terms 里补上这一类。",
            )  # fmt: skip
    if not regime.classes or not regime.classes[-1].unconditional:
        yield entry.problem(
            "classes",
            rule="catalogue.regime.open",
            what="最后一条分类规则带有条件",
            why="总会有处罚哪一条都不符合，就算不出公示期。",
            how="在最后补一条没有条件的规则。",
        )


def _organ(entry: Entry, known: Known) -> Iterator[CatalogueProblem]:
    organ = entry.value
    assert isinstance(organ, Organ)
    yield from _each(entry, known, "sectors", "领域", organ.sectors, "sectors")
    if organ.township is not None and organ.township not in known["townships"]:
        yield _missing(entry, "township", what="乡镇街道", known=known["townships"], value=organ.township)


def _edition(entry: Entry, known: Known) -> Iterator[CatalogueProblem]:
    edition = entry.value
    assert isinstance(edition, Edition)
    if edition.instrument not in known["instruments"]:
        yield _missing(entry, "instrument", what="依据", known=known["instruments"], value=edition.instrument)


def _item_class(entry: Entry, known: Known) -> Iterator[CatalogueProblem]:
    item_class = entry.value
    assert isinstance(item_class, ItemClass)
    if item_class.since_edition not in known["editions"]:
        yield _missing(entry, "since_edition", what="目录版本", known=known["editions"], value=item_class.since_edition)


def _overlaps(assembly: Assembly) -> Iterator[CatalogueProblem]:
    groups: dict[str, list[tuple[dt.date, dt.date | None, Entry, Path]]] = {}
    for entry in assembly.entries:
        if isinstance(entry.value, RegimeSpec):
            groups.setdefault(f"regime {entry.value.id}", []).append(
                (entry.value.in_force, entry.value.until, entry, ("in_force",))
            )
        if isinstance(entry.value, Clock):
            for index, version in enumerate(entry.value.versions):
                key = f"clock {entry.value.id} {sorted(version.sectors)}"
                groups.setdefault(key, []).append((version.in_force, version.until, entry, ("versions", index)))
    for versions in groups.values():
        versions.sort(key=lambda version: version[0])
        for (_, until, _, _), (start, _, entry, path) in pairwise(versions):
            if until is None or until + ONE_DAY > start:
                yield entry.problem(
                    *path,
                    rule="catalogue.version.overlap",
                    what=f"{start} 起的版本与前一版重叠",
                    why="同一天有两个版本在施行，不知道该用哪一个。",
                    how=f"给前一版写上 until: {start - ONE_DAY}。",
                )
