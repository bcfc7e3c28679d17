"""The open API over the one public view: organisations, records, lists, statistics, sources.

Like the pages it answers for the real day only (P8), and tells adverse records of sole traders by code alone (P2).
"""

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition
from ninja import Path, Query, Router
from ninja.decorators import decorate_view

from xinheng.adapters import clock
from xinheng.catalogue.selectors import catalogue_current
from xinheng.publicity import schemas
from xinheng.publicity.domain import Place, record_plain, source_plain
from xinheng.publicity.selectors import (
    ListFilter,
    catalogue_plain,
    display_get,
    display_list,
    displays_counted,
    displays_of_subject,
    law_current,
    source_states,
    state_of_data,
)
from xinheng.subjects.domain import KIND_LABELS, STATUS_LABELS, RegistrationStatus, SubjectKind
from xinheng.subjects.models import Subject
from xinheng.subjects.selectors import (
    FoundSubject,
    subject_by_code,
    subject_history,
    subject_registration,
    subject_search,
    subjects_count,
)

ITEM_ID = r"^[a-z_]{1,64}$"
CODE = r"^[0-9A-Za-z\-]{6,50}$"

router = Router(tags=["public"])


def _tag(request: HttpRequest, *_: object, **__: object) -> str:
    """Return what changes whenever an answer may change: data, law, register, the day."""
    del request
    return f'W/"{state_of_data().tag}-{clock.today():%Y%m%d}"'


def fresh(view: Any) -> Any:
    """Let a client ask whether anything has changed (``ETag``); nobody in between keeps a copy (P8)."""
    return cache_control(private=True, no_cache=True)(condition(etag_func=_tag)(view))


def meta() -> dict[str, Any]:
    """Return as of when an answer holds."""
    state = state_of_data()
    return {
        "as_of": clock.now(),
        "publication": state.known_seq,
        "catalogue": catalogue_current().hash,
        "sources": [source_plain(source) for source in source_states(on_date=clock.today(), state=state)],
    }


@router.get(
    "/organisations",
    response=schemas.OrganisationsOut,
    summary="Search organisations by name, former name or code",
    openapi_extra=schemas.problems(),
)
@decorate_view(fresh)
def organisations(request: HttpRequest, asked: Query[schemas.SearchQuery]) -> dict[str, Any]:
    """Return organisations, best match first, each with why it matched; nothing of what is recorded about them."""
    del request
    found = subject_search(
        query=asked.q,
        limit=asked.limit,
        kind=asked.kind.value if asked.kind else "",
        status=asked.status.value if asked.status else "",
        township=asked.township,
    )
    hits = [_ref(hit.subject) | _states(hit.subject) | {"township": hit.subject.township, "why": hit.why} for hit in found.hits]
    return {"meta": meta(), "total": found.total, "too_common": found.too_common, "organisations": hits}


@router.get(
    "/organisations/{code}",
    response=schemas.OrganisationOut,
    summary="One organisation by code",
    openapi_extra=schemas.problems(404),
)
@decorate_view(fresh)
def organisation(request: HttpRequest, code: Annotated[str, Path(pattern=CODE)]) -> dict[str, Any]:
    """Return registration, history and counts; the code may be a former one."""
    del request
    subject = _subject(code)
    counts = dict.fromkeys(law_current().items, 0)
    for record in displays_of_subject(subject_id=subject.pk, on_date=clock.today(), found_exactly=True, known=subject):
        counts[record.item_id] += 1
    history = [
        {"label": line.label, "value": line.value, "period": line.period} for line in subject_history(subject_id=subject.pk)
    ]
    registration = [{"label": label, "value": value} for label, value in subject_registration(subject=subject)]
    own = {"is_sole_trader": subject.is_sole_trader, "registration": registration, "history": history, "counts": counts}
    return {"meta": meta()} | _ref(subject) | _states(subject) | own


@router.get(
    "/organisations/{code}/records",
    response=schemas.RecordsOut,
    by_alias=True,
    summary="What is shown of an organisation",
    openapi_extra=schemas.problems(404),
)
@decorate_view(fresh)
def organisation_records(request: HttpRequest, code: Annotated[str, Path(pattern=CODE)]) -> dict[str, Any]:
    """Return every record on display, newest decision first, an open objection with it."""
    del request
    subject = _subject(code)
    shown = displays_of_subject(subject_id=subject.pk, on_date=clock.today(), found_exactly=True, known=subject)
    return {"meta": meta(), "organisation": _ref(subject), "records": [record_plain(record) for record in shown]}


@router.get(
    "/records/{record_id}",
    response=schemas.OneRecordOut,
    by_alias=True,
    summary="One record",
    openapi_extra=schemas.problems(404),
)
@decorate_view(fresh)
def record(request: HttpRequest, record_id: UUID) -> dict[str, Any]:
    """Return one record on display; one that never was and one that is no longer shown are the same 404."""
    del request
    found = display_get(record_id=record_id, on_date=clock.today())
    if found is None:
        raise Http404
    return {"meta": meta(), "record": record_plain(found)}


@router.get(
    "/lists/{item_id}",
    response=schemas.ListOut,
    by_alias=True,
    summary="A public list, newest decision first",
    openapi_extra=schemas.problems(404),
)
@decorate_view(fresh)
def public_list(
    request: HttpRequest, item_id: Annotated[str, Path(pattern=ITEM_ID)], asked: Query[schemas.ListQuery]
) -> dict[str, Any]:
    """Return one page; adverse records of sole traders are in no list (P2)."""
    del request
    law = law_current()
    if item_id not in law.items:
        raise Http404
    narrow = ListFilter(
        organ_code=asked.organ,
        township=asked.township,
        list_type=asked.list_type,
        decided_from=asked.decided_from,
        decided_until=asked.decided_until,
    )
    page = display_list(
        item_ids=[item_id],
        on_date=clock.today(),
        narrow=narrow,
        after=Place.read(asked.cursor) if asked.cursor else None,
        limit=asked.limit,
        law=law,
    )
    return {
        "meta": meta(),
        "records": [record_plain(one) for one in page.records],
        "next": page.older.text if page.older else None,
    }


@router.get("/statistics", response=schemas.StatisticsOut, summary="Counts of what is public", openapi_extra=schemas.problems())
@decorate_view(fresh)
def statistics(request: HttpRequest) -> dict[str, Any]:
    """Return how many organisations and records are public; nothing ranks anybody."""
    del request
    return {"meta": meta(), "organisations": subjects_count(), "records": displays_counted(on_date=clock.today())}


@router.get("/sources", response=schemas.Meta, summary="How far each source has reported", openapi_extra=schemas.problems())
@decorate_view(fresh)
def sources(request: HttpRequest) -> dict[str, Any]:
    """Return the last day of each source, so that a nought can be weighed."""
    del request
    return meta()


@router.get("/catalogue", summary="The law as data", response=schemas.CatalogueOut, openapi_extra=schemas.problems())
@decorate_view(fresh)
def catalogue(request: HttpRequest) -> dict[str, Any]:
    """Return items, measures, clocks and lists of the catalogue in force, each with ground and confidence (P1)."""
    del request
    return catalogue_plain(law_current())


def _subject(code: str) -> Subject:
    found = subject_by_code(code=code)
    if found is None:
        raise Http404
    return found


def _ref(subject: Subject | FoundSubject) -> dict[str, Any]:
    return {"id": subject.id, "name": subject.name, "code": subject.shown_code}


def _states(subject: Subject | FoundSubject) -> dict[str, Any]:
    return {
        "kind": KIND_LABELS[SubjectKind(subject.kind)],
        "status": STATUS_LABELS[RegistrationStatus(subject.status)],
    }
