"""Lawful grounds: a basis is there, in force for as long as the entry, and of sufficient rank (P1, P14, G4, G8)."""

import datetime as dt
from collections.abc import Iterator, Mapping

from xinheng.catalogue.domain.assembly import Assembly, Entry
from xinheng.catalogue.domain.base import Instrument, Reference
from xinheng.catalogue.domain.items import Item
from xinheng.catalogue.domain.problems import CatalogueProblem
from xinheng.catalogue.domain.terms import Clock, Evaluation, ListType, Measure, RegimeSpec
from xinheng.catalogue.domain.values import InstrumentKind as Kind
from xinheng.catalogue.domain.values import ListNature, MeasureCategory, Scope
from xinheng.catalogue.domain.yaml_source import Path

LAW_OR_POLICY = frozenset({Kind.LAW, Kind.ADMINISTRATIVE_REGULATION, Kind.CENTRAL_POLICY})
"""What may reduce rights: law, administrative regulation, central policy (standards K2, N1)."""

MAY_CARRY_ITEM = LAW_OR_POLICY | {
    Kind.LOCAL_REGULATION,
    Kind.DEPARTMENT_RULE,
    Kind.NATIONAL_CATALOGUE,
    Kind.NATIONAL_NORMATIVE_DOCUMENT,
    Kind.JUDICIAL_INTERPRETATION,
}
MAY_CARRY_LIST = LAW_OR_POLICY | {Kind.LOCAL_REGULATION, Kind.DEPARTMENT_RULE, Kind.JUDICIAL_INTERPRETATION}
"""A department rule may carry a list for the time being (N3); a court's list rests on its interpretation."""

Instruments = Mapping[str, Instrument]


def ground_problems(assembly: Assembly) -> Iterator[CatalogueProblem]:
    """Yield entries whose basis is missing, out of force or too weak."""
    instruments = {entry.value.id: entry.value for entry in assembly.of("instruments") if isinstance(entry.value, Instrument)}
    for entry in assembly.entries:
        value = entry.value
        match value:
            case Item() | ListType() | Measure() | Evaluation():
                yield from _in_force(entry, ("basis",), value.basis, (value.in_force, value.until), instruments)
            case Clock():
                for index, version in enumerate(value.versions):
                    path: Path = ("versions", index, "basis")
                    yield from _in_force(entry, path, version.basis, (version.in_force, version.until), instruments)
            case RegimeSpec():
                path = ("reference",)
                yield from _in_force(entry, path, (value.reference,), (value.in_force, value.until), instruments)
        match value:
            case Item():
                yield from _rank(entry, value.basis, MAY_CARRY_ITEM, "信息事项", instruments)
                yield from _local(entry, value.basis, "地方的信息事项", instruments)
            case ListType() if value.nature is not ListNature.POSITIVE and value.accepted:
                yield from _list_rank(entry, value, instruments)
                yield from _local(entry, value.basis, "地方设列的名单", instruments)
            case Measure():
                yield from _measure(entry, value, instruments)
                yield from _local(entry, value.basis, "地方补充的惩戒措施", instruments)


def _named(basis: tuple[Reference, ...], instruments: Instruments) -> list[Instrument]:
    return [instruments[reference.instrument] for reference in basis if reference.instrument in instruments]


def _covers(instrument: Instrument, start: dt.date, until: dt.date | None) -> bool:
    if instrument.in_force is None or instrument.in_force > start:
        return False
    return instrument.until is None or (until is not None and until <= instrument.until)


def _in_force(
    entry: Entry,
    path: Path,
    basis: tuple[Reference, ...],
    span: tuple[dt.date, dt.date | None],
    instruments: Instruments,
) -> Iterator[CatalogueProblem]:
    start, until = span
    if not basis:
        yield entry.problem(
            *path,
            rule="catalogue.basis.missing",
            what=f"“{entry.identity}”没有写依据",
            why="没有法律、法规或者政策文件依据的，一律不收（P1、G4）。",
            how="在 basis 里写上依据的编号和条文；查不到依据就不要收。",
        )
        return
    named = _named(basis, instruments)
    if named and not any(_covers(instrument, start, until) for instrument in named):
        end = until.isoformat() if until else "今后"
        yield entry.problem(
            *path,
            rule="catalogue.basis.out_of_force",
            what=f"“{entry.identity}”自 {start} 至{end}施行，但没有一个依据在这段时间里一直有效",
            why="；".join(f"{i.cited()} {i.in_force or '日期未查实'} 至 {i.until or '今'}" for i in named) + "。",
            how="补上现行有效的依据，或者用 in_force、until 把这一条限定在依据有效的期间。",
        )


def _rank(
    entry: Entry, basis: tuple[Reference, ...], enough: frozenset[Kind], what: str, instruments: Instruments
) -> Iterator[CatalogueProblem]:
    named = _named(basis, instruments)
    if named and not any(instrument.kind in enough for instrument in named):
        yield entry.problem(
            "basis",
            rule="catalogue.basis.rank",
            what=f"{what}“{entry.identity}”的依据效力不够：{'、'.join(sorted({i.kind.label for i in named}))}",
            why="标准、地方规范性文件和规划不能作为归集、设列或者惩戒的依据（K2、N1、N3）。",
            how=f"补上足够的依据：{'、'.join(sorted(kind.label for kind in enough))}；没有就不要收。",
        )


def _list_rank(entry: Entry, value: ListType, instruments: Instruments) -> Iterator[CatalogueProblem]:
    named = [i for i in _named(value.basis, instruments) if not i.principles_only]
    if not any(instrument.kind in MAY_CARRY_LIST for instrument in named):
        yield entry.problem(
            "basis",
            rule="catalogue.list.no_lawful_basis",
            what=f"名单“{value.title}”没有设列的法定依据",
            why="设列严重失信主体名单必须以法律、法规或者党中央、国务院政策文件为依据，部门规章可以暂行规定；"
            "原则性的政策文件不设列具体名单（N1、N3、P14）。",
            how="补上具体设列该名单的法律、法规或者规章；没有的写 accepted: false 和 refused_because，不收条目。",
        )


def _local(entry: Entry, basis: tuple[Reference, ...], what: str, instruments: Instruments) -> Iterator[CatalogueProblem]:
    if entry.place.scope is not Scope.LOCAL:
        return
    if not any(instrument.kind is Kind.LOCAL_REGULATION for instrument in _named(basis, instruments)):
        yield entry.problem(
            "basis",
            rule="catalogue.local.no_regulation",
            what=f"{what}“{entry.identity}”没有地方性法规依据",
            why="地方补充目录、地方名单和地方惩戒措施只能以地方性法规为依据（K5、N3、G8、P14）。",
            how="写上地方性法规的编号和条文；没有地方性法规就删去这一条。",
        )


def _measure(entry: Entry, value: Measure, instruments: Instruments) -> Iterator[CatalogueProblem]:
    named = _named(value.basis, instruments)
    if named and not any(i.kind in {Kind.NATIONAL_CATALOGUE, Kind.LOCAL_REGULATION} for i in named):
        yield entry.problem(
            "basis",
            rule="catalogue.measure.outside_list",
            what=f"措施“{value.title}”不在全国失信惩戒措施基础清单里",
            why="惩戒措施实行清单制，清单以外的不得实施（国办发〔2020〕49号）。",
            how="写上清单的版本（如 L09-2024）；地方补充的写上地方性法规；都没有就删去。",
        )
    if value.category is not MeasureCategory.REDUCES_RIGHTS:
        return
    enough = LAW_OR_POLICY | {Kind.LOCAL_REGULATION}
    yield from _rank(entry, value.basis, enough, "减损权益的措施", instruments)
    for index, row in enumerate(value.rows):
        rows = _named(row.basis, instruments)
        if not any(instrument.kind in enough for instrument in rows):
            yield entry.problem(
                "rows",
                index,
                rule="catalogue.basis.rank",
                what=f"措施“{value.title}”的一行（{row.content}）没有足够的依据",
                why="减损权益或者增加义务，必须逐行有法律、法规或者党中央、国务院政策文件依据。",
                how="在这一行的 basis 里补上依据。",
            )
