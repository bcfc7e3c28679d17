"""The door for systems (``/api/v1/submissions``): rows come in, are checked like any file, and wait for a person to certify them."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any, ClassVar, Concatenate, ParamSpec, TypeVar, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router, Status
from ninja.security.base import AuthBase
from pydantic import ValidationError

from xinheng.accounts.domain import PURPOSE_LABELS, Purpose, System, scope_of
from xinheng.accounts.selectors import system_of_token
from xinheng.adapters import clock
from xinheng.adapters.reach import reach_of_organs, reaching
from xinheng.adapters.work import work_of
from xinheng.audit.domain import ReadPurpose, aim_of
from xinheng.audit.services import event_record, request_read
from xinheng.exchange import schemas
from xinheng.exchange.errors import RowsNotRead
from xinheng.exchange.models import ReportDraft
from xinheng.exchange.selectors import draft_visible_to, findings_after
from xinheng.exchange.services import (
    FIRST_ROW,
    draft_append,
    draft_check,
    draft_explain,
    draft_open,
    draft_submit,
    once,
    scope_refuse,
)
from xinheng.exchange.services.once import Answer
from xinheng.intake.models import Explanation, SubmissionFinding, SubmissionState
from xinheng.intake.selectors import explanations_of, rules_unexplained
from xinheng.intake.services import receipt_of
from xinheng.publicity.schemas import problems

P = ParamSpec("P")
R = TypeVar("R")
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=64,
        pattern=r"^[!-~]+$",
        description="Your own name of this request. Sent again with it, the request is done once and answered the same.",
    ),
]
_LINES = "application/x-ndjson"
_THINGS = {"report_id": "report"}


class SystemToken(AuthBase):
    """OAuth 2 client credentials: the token stands in the header ``Authorization: Bearer`` and nowhere else."""

    openapi_type: str = "oauth2"
    openapi_flows: ClassVar[dict[str, Any]] = {
        "clientCredentials": {
            "tokenUrl": "/oauth/token",
            "scopes": {
                scope_of(purpose, "{item}"): f"{label}, for an item of the catalogue"
                for purpose, label in PURPOSE_LABELS.items()
            },
        }
    }

    def __call__(self, request: HttpRequest) -> System | None:
        """Return whose token it is, ``None`` for none that is good today."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        return system_of_token(token=token.strip(), on_date=clock.today())


router = Router(tags=["reporting"], auth=SystemToken())


def _within_its_organ(
    inner: Callable[Concatenate[HttpRequest, P], R],
) -> Callable[Concatenate[HttpRequest, P], R]:
    """Let the database give the reports of the system's organ and no others while an operation answers (P11).

    Which system it was, and what for, is logged before the operation begins (ADR 0060).
    """

    @wraps(inner)
    def operation(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R:
        system = _system(request)
        aim = aim_of(_path_of(request), request.GET.dict(), kinds=_THINGS)
        work = work_of(
            request,
            door="api",
            actor=system.signature,
            what=f"api:{inner.__name__}",
            organ=system.organ_code,
            purpose=ReadPurpose.REPORTING.value,
            case=aim.case,
        )
        with reaching(reach_of_organs([system.organ_code]), work=work):
            request_read(request, work=work, aim=aim)
            return inner(request, *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], R]", operation)  # ``wraps`` says of it what it says of ``inner``


def _path_of(request: HttpRequest) -> dict[str, object]:
    return dict(request.resolver_match.kwargs) if request.resolver_match is not None else {}


def _system(request: HttpRequest) -> System:
    system = request.auth  # type: ignore[attr-defined] # set by ninja
    assert isinstance(system, System)
    return system


def _once(request: HttpRequest, response: HttpResponse, key: str, act: Callable[[], Answer]) -> Status[dict[str, Any]]:
    asked = f"{request.method} {request.path}\n".encode() + request.body
    answer, kept = once(
        system=_system(request), key=key, request_sha256=hashlib.sha256(asked).hexdigest(), now=clock.now(), act=act
    )
    if kept:
        response["Idempotency-Replayed"] = "true"
    return Status(*answer)


@router.post(
    "/submissions",
    response={201: schemas.ReportOut},
    summary="Begin a report",
    openapi_extra=problems(400, 401, 403, 404, 409),
)
@_within_its_organ
def report_begin(request: HttpRequest, response: HttpResponse, asked: schemas.DraftIn, idempotency_key: Key) -> Any:
    """Return an empty report of one item; rows are sent next."""

    def act() -> Answer:
        draft = draft_open(
            system=_system(request),
            item_id=asked.item,
            is_desensitised=asked.desensitised,
            is_on_the_spot=asked.on_the_spot,
            supersedes=asked.supersedes,
            now=clock.now(),
        )
        return 201, _plain(draft)

    return _once(request, response, idempotency_key, act)


@router.get(
    "/submissions/{report_id}", response=schemas.ReportOut, summary="Where a report is", openapi_extra=problems(401, 403, 404)
)
@_within_its_organ
def report(request: HttpRequest, report_id: UUID) -> Any:
    """Return the state of a report and what became of its rows."""
    draft = draft_visible_to(system=_system(request), draft_id=report_id)
    scope_refuse(_system(request), Purpose.FOLLOW, draft.item_id)
    return _plain(draft)


@router.post(
    "/submissions/{report_id}/rows",
    response=schemas.AppendedOut,
    summary="Send rows",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": schemas.RowsIn.model_json_schema()},
                _LINES: {"schema": {"type": "string", "description": "One object a line (JSON Lines)."}},
            },
        },
        **problems(400, 401, 403, 404, 409, 413),
    },
)
@_within_its_organ
def report_rows(request: HttpRequest, response: HttpResponse, report_id: UUID, idempotency_key: Key) -> Any:
    """Take in rows, all or none, as JSON or as JSON Lines; at most 2,000 and 2.5 MB at a time."""
    rows = _rows_of(request)

    def act() -> Answer:
        draft = draft_append(system=_system(request), draft_id=report_id, rows=rows)
        return 200, {"id": str(draft.pk), "appended": len(rows), "rows": draft.row_count}

    return _once(request, response, idempotency_key, act)


@router.post(
    "/submissions/{report_id}/check",
    response={202: schemas.AcceptedOut},
    summary="Have the rows checked",
    openapi_extra=problems(400, 401, 403, 404, 409),
)
@_within_its_organ
def report_check(request: HttpRequest, response: HttpResponse, report_id: UUID, idempotency_key: Key) -> Any:
    """Make the rows a submission (报送批次); a job checks it, by the same rules as a file. No more rows are taken."""
    system = _system(request)

    def act() -> Answer:
        draft = draft_check(system=system, draft_id=report_id, now=clock.now())
        assert draft.submission is not None
        return 202, {"id": str(draft.pk), "number": draft.submission.number}

    return _once(request, response, idempotency_key, act)


@router.post(
    "/submissions/{report_id}/explanations",
    response={201: schemas.ExplanationOut},
    summary="Explain what a rule asks about",
    openapi_extra=problems(400, 401, 403, 404, 409),
)
@_within_its_organ
def report_explain(
    request: HttpRequest, response: HttpResponse, report_id: UUID, asked: schemas.ExplanationIn, idempotency_key: Key
) -> Any:
    """Keep an explanation with the report and the records that come of it; the newest of a rule or row counts."""
    system = _system(request)

    def act() -> Answer:
        made = draft_explain(
            system=system, draft_id=report_id, rule=asked.rule, text=asked.text, sent=asked.sent, now=clock.now()
        )
        told = {"rule": made.rule, "sent": asked.sent, "text": made.text, "at": made.at.astimezone(clock.CHINA).isoformat()}
        return 201, told | {"waiting": list(rules_unexplained(made.submission))}

    return _once(request, response, idempotency_key, act)


@router.post(
    "/submissions/{report_id}/submit",
    response=schemas.ReportOut,
    summary="Submit for review",
    openapi_extra=problems(400, 401, 403, 404, 409),
)
@_within_its_organ
def report_submit(request: HttpRequest, response: HttpResponse, report_id: UUID, idempotency_key: Key) -> Any:
    """Submit what can go on, once everything that rules ask about is explained.

    The system is the clerk (经办); a reviewer of the organ, a person, certifies it in the workbench.
    """
    return _once(
        request,
        response,
        idempotency_key,
        lambda: (200, _plain(draft_submit(system=_system(request), draft_id=report_id, now=clock.now()))),
    )


@router.get(
    "/submissions/{report_id}/findings",
    response=schemas.FindingsOut,
    summary="What is to be mended",
    openapi_extra=problems(401, 403, 404),
)
@_within_its_organ
def report_findings(request: HttpRequest, report_id: UUID, asked: Query[schemas.FindingsQuery]) -> Any:
    """Return findings, the same that a file with these rows would get; values are masked."""
    system = _system(request)
    draft = draft_visible_to(system=system, draft_id=report_id)
    scope_refuse(system, Purpose.FOLLOW, draft.item_id)
    event_record(action="exchange.findings.read", actor=system.signature, target=("report", str(draft.pk)), at=clock.now())
    found = findings_after(draft=draft, after=asked.after, limit=asked.limit)
    said = {} if draft.submission is None else explanations_of(draft.submission)
    return {"findings": [_finding(one, said) for one in found], "next": found[-1].pk if len(found) == asked.limit else None}


def _rows_of(request: HttpRequest) -> list[dict[str, schemas.Cell]]:
    """Return the rows of a request's body.

    Raises:
        RowsNotRead: it is no JSON, or not of the form.
    """
    try:
        if request.content_type == _LINES:
            lines = request.body.decode().split("\n")
            content: Any = {"rows": [json.loads(line, parse_constant=_no_number) for line in lines if line.strip()]}
        else:
            content = json.loads(request.body, parse_constant=_no_number)
        return schemas.RowsIn.model_validate(content, strict=True).rows
    except ValidationError as error:
        place = next((part for part in error.errors()[0]["loc"] if isinstance(part, int)), -1) + 1
        raise RowsNotRead(
            row=place or "？", reason=f"要1至{schemas.ROWS_AT_A_TIME:,}行，每行是字段到文字、数或空的对照"
        ) from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON
        raise RowsNotRead(row="？", reason="不是JSON") from error


def _no_number(name: str) -> float:
    raise ValueError(name)  # NaN and the infinities are no JSON


def _plain(draft: ReportDraft) -> dict[str, Any]:
    """Return a report as ``ReportOut``, in plain JSON values."""
    told: dict[str, Any] = {
        "id": str(draft.pk),
        "item": draft.item_id,
        "state": draft.state,
        "state_label": ReportDraft.State(draft.state).label,
        "rows": draft.row_count,
        "number": None,
        "file_sha256": None,
        "counts": None,
        "supersedes": None if draft.supersedes_id is None else str(draft.supersedes_id),
        "refusal": "",
        "made_at": draft.made_at.astimezone(clock.CHINA).isoformat(),
    }
    if draft.submission is not None:
        receipt = receipt_of(number=draft.submission.number)
        told |= {
            "state": receipt.state,
            "state_label": SubmissionState(receipt.state).label,
            "number": receipt.number,
            "file_sha256": receipt.file_sha256,
            "counts": {name: getattr(receipt, name) for name in schemas.CountsOut.model_fields},
            "refusal": receipt.refusal,
        }
    return told


def _finding(finding: SubmissionFinding, said: Mapping[tuple[str, str, int], Explanation]) -> dict[str, Any]:
    names = ("field", "value", "rule", "severity", "message", "expected", "fix", "ground", "confidence")
    sent = finding.row - FIRST_ROW + 1 if finding.row >= FIRST_ROW else None
    explained = said.get((finding.rule, finding.sheet, finding.row)) or said.get((finding.rule, "", 0))
    told = {"id": finding.pk, "sent": sent, "explanation": "" if explained is None else explained.text}
    return told | {name: getattr(finding, name) for name in names}
