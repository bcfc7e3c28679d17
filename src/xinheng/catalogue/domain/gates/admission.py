"""Admission of information items: the gates G1–G9 as far as content can answer them (standards.md §1.5)."""

from collections.abc import Iterator

from xinheng.catalogue.domain.assembly import Assembly, Entry
from xinheng.catalogue.domain.base import Instrument
from xinheng.catalogue.domain.items import Item, ItemClass
from xinheng.catalogue.domain.problems import CatalogueProblem
from xinheng.catalogue.domain.prohibited import prohibition_in, prohibition_of_element
from xinheng.catalogue.domain.values import (
    FieldDisclosure,
    InstrumentKind,
    ItemKind,
    SecretLevel,
    SubjectCategory,
)

G5_ROLES = ("document_no", "organ_name", "decision_date")
"""A record names its document, organ and date; that is how G5 (effective document) is met."""

NEEDS_DOCUMENT = frozenset({ItemKind.LICENCE, ItemKind.PENALTY, ItemKind.LIST_ENTRY, ItemKind.HONOUR, ItemKind.COMMITMENT})
HIDDEN = frozenset({FieldDisclosure.RESTRICTED, FieldDisclosure.NEVER})


def admission_problems(assembly: Assembly) -> Iterator[CatalogueProblem]:
    """Yield what the gates refuse in information items."""
    classes = {entry.value.id: entry.value for entry in assembly.of("classes") if isinstance(entry.value, ItemClass)}
    local = {
        entry.value.id
        for entry in assembly.of("instruments")
        if isinstance(entry.value, Instrument) and entry.value.kind is InstrumentKind.LOCAL_REGULATION
    }
    for entry in assembly.of("items"):
        item = entry.value
        assert isinstance(item, Item)
        yield from _prohibited(entry, item)
        yield from _class(entry, item, classes, local)
        yield from _parties(entry, item)
        yield from _document(entry, item)
        yield from _person_fields(entry, item)
        if item.secret_level is not SecretLevel.NONE:
            yield entry.problem(
                "secret_level",
                rule="catalogue.gate.G9",
                what=f"事项“{item.title}”定了密级",
                why="涉密信息不进入公共信用信息平台（G9）。",
                how="删去该事项。",
            )


def _prohibited(entry: Entry, item: Item) -> Iterator[CatalogueProblem]:
    found = prohibition_in(f"{item.title} {item.sub_item or ''}")
    if found is not None:
        prohibition, word = found
        yield entry.problem(
            "title",
            rule="catalogue.gate.G6",
            what=f"事项“{item.title}”触及禁止归集的内容（“{word}”，{prohibition.id} {prohibition.title}）",
            why=prohibition.why,
            how="删去该事项；任何地方、任何行业包都不得归集（P3）。",
        )
    for index, field in enumerate(item.fields):
        found = prohibition_in(" ".join((field.title, *field.aliases)))
        element = prohibition_of_element(field.data_element) if field.data_element else None
        if found is not None or element is not None:
            named = element or (found[0] if found else None)
            assert named is not None
            word = found[1] if found else str(field.data_element)
            yield entry.problem(
                "fields",
                index,
                rule="catalogue.gate.G6",
                what=f"列“{field.title}”触及禁止归集的内容（“{word}”，{named.id} {named.title}）",
                why=named.why,
                how="删去该列；任何地方、任何行业包都不得归集（P3）。",
            )


def _class(entry: Entry, item: Item, classes: dict[str, ItemClass], local_regulations: set[str]) -> Iterator[CatalogueProblem]:
    if item.kind is ItemKind.ACT:
        return
    if any(reference.instrument in local_regulations for reference in item.basis):
        return
    item_class = classes.get(item.class_id or "")
    if item.class_id is None or (item_class is not None and item.sub_item not in item_class.sub_items):
        allowed = "、".join(item_class.sub_items) if item_class else "、".join(sorted(classes))
        yield entry.problem(
            "sub_item",
            rule="catalogue.gate.G1",
            what=f"“{item.sub_item or item.title}”不在全国公共信用信息基础目录里",
            why="目录是封闭的，目录以外的信息不得作为公共信用信息归集（K2、G1）。",
            how=f"改成目录里的子项（{allowed}）；目录里没有、又没有地方性法规依据的，删去该事项。",
        )
    if item_class is not None and item_class.natural_persons_only:
        yield entry.problem(
            "class_id",
            rule="catalogue.gate.G3",
            what=f"目录类别“{item_class.title}”全部是自然人信息",
            why="本平台只收组织的信息（P2、P4）。",
            how="删去该事项。",
        )
    if not item.responsible_organs:
        yield entry.problem(
            "responsible_organs",
            rule="catalogue.gate.G2",
            what=f"事项“{item.title}”没有写责任单位",
            why="谁产生、谁负责；没有责任单位就没人对内容负责（G2）。",
            how='写上责任单位的领域；所有行政机关都会产生的写 ["*"]。',
        )


def _parties(entry: Entry, item: Item) -> Iterator[CatalogueProblem]:
    if not item.subject_kinds or SubjectCategory.NATURAL_PERSON in item.subject_kinds:
        yield entry.problem(
            "subject_kinds",
            rule="catalogue.gate.G3",
            what=f"事项“{item.title}”的主体包含自然人，或者没有写主体",
            why="本平台不归集自然人的信用信息（P2、P4、G3）。",
            how="只写 ORGANISATION、SOLE_TRADER。",
        )


def _document(entry: Entry, item: Item) -> Iterator[CatalogueProblem]:
    if item.kind not in NEEDS_DOCUMENT:
        return
    names = {"document_no": "文书号", "organ_name": "作出机关", "decision_date": "决定日期"}
    missing = [names[role] for role in G5_ROLES if item.field_by_role(role) is None]
    if missing:
        yield entry.problem(
            "fields",
            rule="catalogue.gate.G5",
            what=f"事项“{item.title}”缺少{'、'.join(missing)}的列",
            why="每条记录都要能指到一份生效文书：文书号、作出机关、决定日期（G5）。",
            how=f"补上 role 为 {'、'.join(r for r in G5_ROLES if item.field_by_role(r) is None)} 的列。",
        )


def _person_fields(entry: Entry, item: Item) -> Iterator[CatalogueProblem]:
    for index, field in enumerate(item.fields):
        if field.identity_document and (field.disclosure is not FieldDisclosure.NEVER or field.role is not None):
            yield entry.problem(
                "fields",
                index,
                rule="catalogue.gate.G7",
                what=f"证件列“{field.title}”没有设为从不保存",
                why="法定代表人、自然人的证件类型和号码一律不保存（P4、G7）。",
                how="写 disclosure: NEVER，不要写 role。",
            )
        elif field.person_related and field.disclosure not in HIDDEN:
            yield entry.problem(
                "fields",
                index,
                rule="catalogue.gate.G7",
                what=f"个人信息列“{field.title}”会被公开",
                why="与个人有关的内容只取最少，不上公开页面（K4、K7、个人信息保护法第六条）。",
                how="写 disclosure: RESTRICTED 或者 NEVER。",
            )
        elif any(word in field.title for word in ("身份证", "护照", "手机号", "联系电话", "家庭住址")) and not (
            field.identity_document
        ):
            yield entry.problem(
                "fields",
                index,
                rule="catalogue.gate.G7",
                what=f"列“{field.title}”是个人的证件、电话或者住址",
                why="组织的信用记录不需要这些内容（K4、G7）。",
                how="删去该列；国家模板里有的证件列写 identity_document: true 和 disclosure: NEVER。",
            )
