"""Search over the register and the document numbers on display."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from xinheng.portal.domain import FilterGroup, FilterOption, SearchHit, SearchPage, SearchState, Suggestion
from xinheng.portal.selectors.addresses import address, subject_address
from xinheng.portal.selectors.subjects import status_tag
from xinheng.publicity.selectors import displays_by_document_no
from xinheng.subjects.domain import KIND_LABELS, STATUS_LABELS, RegistrationStatus, SubjectKind
from xinheng.subjects.errors import SearchTextTooShort
from xinheng.subjects.selectors import similar_subjects, subject_search

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from xinheng.publicity.domain import PublicRecord
    from xinheng.subjects.selectors import FoundSubject, Hit

LISTED_AT_MOST: Final = 200
HITS_PER_PAGE: Final = 20
SHORTEST_QUERY: Final = 2
OPTIONS_PER_GROUP: Final = 8
FEWEST_OPTIONS: Final = 2
SUGGESTED_AT_MOST: Final = 3
OFFERED_AT_MOST: Final = 8
_NUMBER: Final = re.compile(r"\d{6}")


def search_page(*, asked: SearchState, on_date: date) -> SearchPage:
    """Return one page of the answer to a search, as of the Asia/Shanghai day ``on_date``.

    Organisations only: kind, state and township, and why each matched; nothing of what is recorded about them. A document
    number leads to the organisation of the record that is on display under it.
    """
    if len(asked.query) < SHORTEST_QUERY:
        return _empty(asked, too_short=True)
    try:
        found = subject_search(
            query=asked.query, limit=LISTED_AT_MOST, kind=asked.kind, status=asked.status, township=asked.township
        )
    except SearchTextTooShort:  # such as brackets only
        return _empty(asked, too_short=True)
    hits = [_hit(hit.subject, hit.why, asked.query) for hit in found.hits]
    if not (asked.kind or asked.status or asked.township):
        hits += _by_document_no(asked, on_date, known={hit.subject.id for hit in found.hits})
    if not hits:
        return _empty(asked, too_common=found.too_common, suggestions=() if found.too_common else _similar(asked))
    pages = -(-len(hits) // HITS_PER_PAGE)
    number = asked.page if asked.page <= pages else 1
    return SearchPage(
        query=asked.query,
        hits=tuple(hits[(number - 1) * HITS_PER_PAGE : number * HITS_PER_PAGE]),
        total=len(hits) if found.total is None else found.total,
        too_common=found.too_common,
        too_short=False,
        page=number,
        pages=pages,
        listed=len(hits),
        filters=_filters(found.hits, asked, counted=not found.too_common),
        chosen=_chosen(asked),
        previous_url=_url(asked, page=str(number - 1)) if number > 1 else "",
        next_url=_url(asked, page=str(number + 1)) if number < pages else "",
    )


def suggestions(*, text: str) -> tuple[Suggestion, ...]:
    """Return the organisations to offer while somebody types ``text``, as the search would list them. Three queries at most.

    Nothing for a number: a code or a document number is only of use whole, and what may be somebody's own number is not
    asked for before it is sent. The addresses carry what was typed, so that P2's condition holds as after a search.
    """
    if len(text) < SHORTEST_QUERY or _NUMBER.search(text):
        return ()
    try:
        found = subject_search(query=text, limit=OFFERED_AT_MOST)
    except SearchTextTooShort:
        return ()
    return tuple(_suggestion(hit, text) for hit in found.hits[:OFFERED_AT_MOST])


def _suggestion(hit: Hit, text: str) -> Suggestion:
    subject = hit.subject
    notes = (KIND_LABELS[SubjectKind(subject.kind)], subject.township, "" if hit.why == "名称" else hit.why)
    return Suggestion(subject_address(subject.id, query=text), subject.name, " · ".join(note for note in notes if note))


def _empty(
    asked: SearchState, *, too_short: bool = False, too_common: bool = False, suggestions: tuple[FilterOption, ...] = ()
) -> SearchPage:
    return SearchPage(
        query=asked.query,
        hits=(),
        total=0,
        too_common=too_common,
        too_short=too_short,
        page=1,
        pages=1,
        chosen=_chosen(asked),
        suggestions=suggestions,
    )


def _similar(asked: SearchState) -> tuple[FilterOption, ...]:
    """Return organisations with similar names as links; a code or a document number has no similar ones."""
    if any(character.isdigit() for character in asked.query):
        return ()
    return tuple(
        FilterOption(f"{candidate.name}（{candidate.why}）", subject_address(candidate.subject_id, query=asked.query))
        for candidate in similar_subjects(name=asked.query, limit=SUGGESTED_AT_MOST)
    )


def _hit(subject: FoundSubject, why: str, query: str) -> SearchHit:
    return SearchHit(
        url=subject_address(subject.id, query=query),
        name=subject.name,
        code=subject.shown_code,
        kind=KIND_LABELS[SubjectKind(subject.kind)],
        status=status_tag(subject.status),
        township=subject.township,
        why=why,
    )


def _by_document_no(asked: SearchState, on_date: date, *, known: set[int]) -> list[SearchHit]:
    records: dict[int, PublicRecord] = {}
    for record in displays_by_document_no(text=asked.query, on_date=on_date, limit=HITS_PER_PAGE):
        if record.subject_id not in known:
            records.setdefault(record.subject_id, record)
    return [
        SearchHit(
            url=subject_address(record.subject_id, query=asked.query),
            name=record.subject_name,
            code=record.subject_code,
            kind="",
            status=None,
            township=record.subject_township,
            why=f"文书号“{record.document_no}”",
        )
        for record in records.values()
    ]


def _url(asked: SearchState, **changes: str) -> str:
    """Return the address of this search with some conditions changed; a change of condition leads to the first page."""
    conditions = {"q": asked.query, "kind": asked.kind, "status": asked.status, "township": asked.township, **changes}
    return address(reverse("portal:search"), **conditions)


def _chosen(asked: SearchState) -> tuple[FilterOption, ...]:
    words = {
        "kind": f"种类：{_kind_label(asked.kind)}",
        "status": f"登记状态：{_status_label(asked.status)}",
        "township": f"乡镇街道：{asked.township}",
    }
    values = {"kind": asked.kind, "status": asked.status, "township": asked.township}
    return tuple(
        FilterOption(words[name], _url(asked, **{name: ""}), is_chosen=True) for name, value in values.items() if value
    )


def _kind_label(value: str) -> str:
    return KIND_LABELS[SubjectKind(value)] if value in set(SubjectKind) else value


def _status_label(value: str) -> str:
    return STATUS_LABELS[RegistrationStatus(value)] if value in set(RegistrationStatus) else value


def _filters(hits: Sequence[Hit], asked: SearchState, *, counted: bool) -> tuple[FilterGroup, ...]:
    """Return what can still be chosen, most frequent first; counts only where all matches were read."""
    groups = (
        _group("kind", "种类", [hit.subject.kind for hit in hits], _kind_label, asked, counted=counted),
        _group("status", "登记状态", [hit.subject.status for hit in hits], _status_label, asked, counted=counted),
        _group("township", "乡镇街道", [hit.subject.township for hit in hits], str, asked, counted=counted),
    )
    return tuple(group for group in groups if group is not None)


def _group(
    name: str, title: str, values: Sequence[str], label: Callable[[str], str], asked: SearchState, *, counted: bool
) -> FilterGroup | None:
    counts = Counter(value for value in values if value)
    if getattr(asked, name) or len(counts) < FEWEST_OPTIONS:
        return None
    return FilterGroup(
        title,
        tuple(
            FilterOption(label(value), _url(asked, **{name: value}), count if counted else None)
            for value, count in counts.most_common(OPTIONS_PER_GROUP)
        ),
    )
