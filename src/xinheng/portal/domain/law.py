"""What the law pages show of the catalogue, as plain values ready to be read."""

from __future__ import annotations

from dataclasses import dataclass

from xinheng.portal.domain.pages import Fact, FilterOption, Ground, Tag


@dataclass(frozen=True, slots=True)
class TermRow:
    """One row of 公示多久: a severity under one regime."""

    severity: str
    shortest: str
    longest: str
    in_force: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class Example:
    """One law case in plain words (例): what it shows, and what follows; the project's tests try the same."""

    sentence: str
    result: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """What held of an entry of the catalogue during a period, with its ground."""

    period: str
    text: str
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class LawLine:
    """One entry in an index of the law pages: its name, what it says in a few words, its grounds."""

    url: str
    title: str
    summary: str
    grounds: tuple[Ground, ...]
    confidence: Tag

    @property
    def ground(self) -> str:
        """The first ground; the entry's own page tells all of them."""
        return self.grounds[0].text.partition("：")[0] if self.grounds else ""

    @property
    def more_grounds(self) -> int:
        """How many grounds there are, 0 where the first is the only one."""
        return len(self.grounds) if len(self.grounds) > 1 else 0


@dataclass(frozen=True, slots=True)
class LawIndex:
    """The four indexes of the law pages."""

    items: tuple[LawLine, ...]
    lists: tuple[LawLine, ...]
    clocks: tuple[LawLine, ...]
    measures: tuple[LawLine, ...]
    catalogue_hash: str


@dataclass(frozen=True, slots=True)
class LawEntry:
    """A list, a clock or a measure, readable by people: what it is, since when, on which ground, with examples.

    ``parts`` are its rows where it has several (of a measure); ``links`` lead to what it belongs to.
    """

    kind_title: str
    title: str
    summary: str
    confidence: Tag
    confidence_words: str
    facts: tuple[Fact, ...]
    grounds: tuple[Ground, ...]
    versions: tuple[Version, ...] = ()
    parts: tuple[Version, ...] = ()
    examples: tuple[Example, ...] = ()
    links: tuple[FilterOption, ...] = ()


@dataclass(frozen=True, slots=True)
class LawItem:
    """One catalogue item, readable by people; ``classes`` say which penalty has which severity, regime by regime."""

    item_id: str
    title: str
    class_title: str
    confidence: Tag
    grounds: tuple[Ground, ...]
    answers: tuple[Fact, ...] = ()
    terms: tuple[TermRow, ...] = ()
    fields: tuple[Fact, ...] = ()
    confidence_words: str = ""
    classes: tuple[Version, ...] = ()
    versions: tuple[Version, ...] = ()
    examples: tuple[Example, ...] = ()
    links: tuple[FilterOption, ...] = ()
