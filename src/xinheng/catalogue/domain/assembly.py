"""From parsed files to one typed catalogue that still knows where every entry stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from xinheng.catalogue.domain.content import CatalogueFile
from xinheng.catalogue.domain.problems import CatalogueProblem
from xinheng.catalogue.domain.snapshot import IDENTITIES, Catalogue, identity_of
from xinheng.catalogue.domain.values import Scope
from xinheng.catalogue.domain.yaml_source import ParsedFile, Path, parse_yaml

_FOLDER_SCOPES = {"national": Scope.NATIONAL, "sectors": Scope.SECTOR}


@dataclass(frozen=True)
class Place:
    """Where an entry stands: its file, scope and path inside the file."""

    file: ParsedFile
    scope: Scope
    path: Path

    def line_of(self, *inner: str | int) -> int:
        """Return the line of a value inside the entry."""
        return self.file.line_of((*self.path, *inner))


@dataclass(frozen=True)
class Entry:
    """One entry of a collection with its place."""

    collection: str
    value: BaseModel
    place: Place

    @property
    def identity(self) -> str:
        """Return what tells the entry apart inside its collection."""
        return identity_of(self.collection, self.value)

    def problem(self, *inner: str | int, rule: str, what: str, why: str, how: str) -> CatalogueProblem:
        """Return a problem at a value inside this entry."""
        return CatalogueProblem(
            file=self.place.file.name, line=self.place.line_of(*inner), what=what, why=why, how=how, rule=rule
        )


@dataclass
class Assembly:
    """All entries of a catalogue, and the problems met while reading them."""

    entries: list[Entry] = field(default_factory=list)
    files: list[CatalogueFile] = field(default_factory=list)
    problems: list[CatalogueProblem] = field(default_factory=list)

    def of(self, collection: str) -> list[Entry]:
        """Return the entries of one collection, in file order."""
        return [entry for entry in self.entries if entry.collection == collection]

    def catalogue(self) -> Catalogue:
        """Return the typed catalogue of everything that could be read."""
        return Catalogue.merged(self.files)


def scope_of(relative_name: str) -> Scope:
    """Return the scope of a file from its first folder; a folder of a place is LOCAL."""
    return _FOLDER_SCOPES.get(relative_name.split("/", 1)[0], Scope.LOCAL)


def assemble(sources: Iterable[tuple[str, str]]) -> Assembly:
    """Read ``(relative name, text)`` pairs into typed entries; faults become problems.

    The order decides only which of two clashing entries is told to be the second one.
    """
    assembly = Assembly()
    for name, text in sources:
        parsed = parse_yaml(name=name, text=text)
        assembly.problems.extend(parsed.problems)
        if any(problem.rule == "catalogue.yaml.unreadable" for problem in parsed.problems):
            continue
        content = _typed(assembly, parsed)
        if content is None:
            continue
        assembly.files.append(content)
        scope = scope_of(name)
        for collection in IDENTITIES:
            for index, value in enumerate(getattr(content, collection)):
                place = Place(file=parsed, scope=scope, path=(collection, index))
                assembly.entries.append(Entry(collection=collection, value=value, place=place))
    return assembly


def _typed(assembly: Assembly, parsed: ParsedFile) -> CatalogueFile | None:
    try:
        return CatalogueFile.model_validate(parsed.value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            assembly.problems.append(_problem_of(parsed, detail))
        return None


def _expected(detail: ErrorDetails) -> str:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    return expected.replace(" or ", "、").replace("'", "")


def _problem_of(parsed: ParsedFile, detail: ErrorDetails) -> CatalogueProblem:
    location: Path = tuple(part for part in detail["loc"] if part != "[key]")
    key = location[-1] if location else ""
    value: Any = detail.get("input")
    shown = value if isinstance(value, str | int | float | bool | StrEnum) else type(value).__name__
    kind = detail["type"]
    if kind == "extra_forbidden":
        what, why, how = (
            f"未知的键“{key}”",
            "目录只接受事先定义的键；写错的键不会被悄悄忽略。",
            "检查拼写，或者按 catalogue/_schema 里的说明改用已有的键。",
        )
    elif kind == "missing":
        what, why, how = f"缺少必填的键“{key}”", "没有它，这一条内容不完整。", f"补上 {key}:。"
    elif kind == "enum":
        what, why, how = f"“{key}”的值“{shown}”不在允许的范围", "这里是封闭的用语表。", f"改成其中之一：{_expected(detail)}。"
    elif kind == "string_type":
        what, why, how = (
            f"“{key}”的值“{shown}”不是文字",
            "代码和编号按文字保存，不加引号会丢掉前面的 0。",
            f'加上引号："{shown}"。',
        )
    elif kind == "value_error" and "verified" in str(detail.get("msg")):
        what, why, how = (
            "可信度与核实人对不上",
            "“已核实”（VERIFIED）必须写明由谁、哪一天核实；其他可信度不写核实人（P1）。",
            "补上 verified: {officer: 岗位或编号, date: 日期}，或者改成 SOURCED、PROVISIONAL。",
        )
    else:
        what, why, how = f"“{key}”的值“{shown}”类型不对", f"校验信息：{detail['msg']}", "按 catalogue/_schema 里的类型改写。"
    return CatalogueProblem(
        file=parsed.name, line=parsed.line_of(location), what=what, why=why, how=how, rule=f"catalogue.schema.{kind}"
    )
