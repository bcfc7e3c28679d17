"""Receive a file (接收): seal it, give it a number; nothing of it is read yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from xinheng.adapters.clock import CHINA
from xinheng.adapters.storage import file_sha256
from xinheng.catalogue.domain import Organ
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.domain import Limits
from xinheng.intake.errors import (
    OrganUnknown,
    PersonMissing,
    SamePerson,
    SecrecyNotDeclared,
    SubmissionInProgress,
    SubmissionNotInState,
)
from xinheng.intake.models import UNFINISHED, Submission, SubmissionOriginal, SubmissionState
from xinheng.intake.reading.identify import file_identify
from xinheng.intake.services._numbers import number_take
from xinheng.intake.services._queue import advance_defer
from xinheng.intake.services._state import event_add, state_move, submission_locked
from xinheng.intake.services.originals import original_seal, retention_end, sealed_file_remove
from xinheng.kernel.shown import shown

_FILE_NAME_BYTES = 200
_ONE_OPEN = "submission_one_open_per_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """What the clerk declares with a file.

    ``is_desensitised``: the free texts hold no personal data (已脱敏). ``is_on_the_spot``: all are 当场处罚, stored and
    not shown. ``is_secret_free``: no state secrets. ``is_legacy``: records of an old site, never marked late.
    """

    is_desensitised: bool = False
    is_on_the_spot: bool = False
    is_secret_free: bool = True
    is_legacy: bool = False


_DECLARATION_WORDS = {
    "item_id": "信息类别",
    "clerk": "经办人",
    "reviewer": "审核人",
    "is_desensitised": "“已脱敏”声明",
    "is_on_the_spot": "“当场处罚”声明",
    "is_legacy": "“旧站数据”声明",
}


def organ_of(*, code_or_name: str) -> Organ:
    """Return the catalogue's organ with this code, name or alias.

    Raises:
        OrganUnknown: the catalogue has no such organ.
    """
    catalogue = catalogue_current()
    try:
        return catalogue.organ(code_or_name)
    except KeyError:
        organ = catalogue.organ_by_name(code_or_name)
    if organ is None:
        raise OrganUnknown(organ=code_or_name)
    return organ


def submission_receive(
    *,
    path: Path,
    organ_code: str,
    clerk: str,
    now: datetime,
    reviewer: str = "",
    item_id: str | None = None,
    declarations: Declarations | None = None,
    supersedes: str | None = None,
    limits: Limits | None = None,
    advance_later: bool = False,
) -> Submission:
    """Store the file sealed under a key of its own and open a submission for it.

    The same file of the same organ that is still being worked at is the same submission: it is returned, nothing is
    stored twice. ``supersedes`` is the number of a returned submission that this one replaces. ``advance_later`` puts the
    job that reads and checks it into the queue, in the same transaction.

    Raises:
        FileRefused: the file is empty, too large or no table at all (nothing is stored).
        OrganUnknown, PersonMissing, SamePerson, SecrecyNotDeclared: the declaration is not complete.
        SubmissionInProgress: the same file is open with other persons or declarations.
    """
    declared = declarations or Declarations()
    organ = organ_of(code_or_name=organ_code)
    _persons_check(clerk=clerk, reviewer=reviewer)
    if not declared.is_secret_free:
        raise SecrecyNotDeclared
    file_identify(path, limits=limits or Limits())
    values: dict[str, Any] = {
        "clerk": clerk,
        "reviewer": reviewer,
        "item_id": item_id or "",
        "is_desensitised": declared.is_desensitised,
        "is_on_the_spot": declared.is_on_the_spot,
        "is_legacy": declared.is_legacy,
    }
    open_one = _open_submission(organ_code=organ.code, sha256=file_sha256(path))
    if open_one is not None:
        return _same_or_refused(open_one, values)
    sealed = original_seal(path=path)
    reported = now.astimezone(CHINA).date()
    try:
        with transaction.atomic():
            submission = Submission.objects.create(
                number=number_take(day=reported),
                organ_code=organ.code,
                organ_name=organ.name,
                file_name=_file_name(path),
                file_sha256=sealed.sha256,
                file_size=sealed.size,
                received_at=now,
                reported_date=reported,
                is_secret_free=True,
                supersedes=_superseded(supersedes, organ_code=organ.code, actor=clerk, now=now),
                **values,
            )
            SubmissionOriginal.objects.create(
                submission=submission,
                stored_as=sealed.stored_as,
                wrapped_key=sealed.wrapped_key,
                destroy_after=retention_end(received=reported),
            )
            event_add(submission, action="received", actor=clerk, at=now, file_sha256=sealed.sha256)
            if advance_later:
                advance_defer(number=submission.number)
    except IntegrityError as error:
        # Somebody else's process received the same file between our look and our insert.
        sealed_file_remove(stored_as=sealed.stored_as)
        open_one = _open_submission(organ_code=organ.code, sha256=sealed.sha256)
        if open_one is not None:
            return _same_or_refused(open_one, values)
        if _ONE_OPEN not in str(error):
            raise
        # And it is through with it already: what we hold is the same file once more, later.
        return submission_receive(
            path=path,
            organ_code=organ_code,
            clerk=clerk,
            now=now,
            reviewer=reviewer,
            item_id=item_id,
            declarations=declarations,
            supersedes=supersedes,
            limits=limits,
            advance_later=advance_later,
        )
    except BaseException:
        sealed_file_remove(stored_as=sealed.stored_as)
        raise
    return submission


def _persons_check(*, clerk: str, reviewer: str) -> None:
    if not clerk.strip():
        raise PersonMissing(role="经办人")
    if clerk.strip() == reviewer.strip():
        raise SamePerson(first="经办人", second="审核人", person=clerk)


def _file_name(path: Path) -> str:
    """Return the file's name, masked, printable and short enough for any file system; its end (the suffix) is kept."""
    return shown(path.name).encode()[-_FILE_NAME_BYTES:].decode(errors="ignore").strip(" .") or "文件"


def _open_submission(*, organ_code: str, sha256: str) -> Submission | None:
    return Submission.objects.filter(organ_code=organ_code, file_sha256=sha256, state__in=UNFINISHED).first()


def _same_or_refused(submission: Submission, values: Mapping[str, Any]) -> Submission:
    """Return the open submission if it was declared as now, else say what differs."""
    different = [
        _DECLARATION_WORDS[name]
        for name, value in values.items()
        if getattr(submission, name) != value and not (name == "item_id" and value == "")
    ]
    if different:
        raise SubmissionInProgress(
            number=submission.number,
            state=SubmissionState(submission.state).label,
            difference="、".join(different),
        )
    return submission


def _superseded(number: str | None, *, organ_code: str, actor: str, now: datetime) -> Submission | None:
    if number is None:
        return None
    before = submission_locked(number)
    if before.state != SubmissionState.RETURNED or before.organ_code != organ_code:
        raise SubmissionNotInState(
            number=number,
            state=SubmissionState(before.state).label,
            wanted="由新批次代替",
            next="只有本机关被退回的批次可以由新批次代替；其他情况直接报送新批次即可，已入库的行会判为重复。",
        )
    state_move(before, to=SubmissionState.SUPERSEDED, actor=actor, at=now, note="由改好的新批次代替。")
    return before
