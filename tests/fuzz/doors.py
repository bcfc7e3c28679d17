"""Bring a file to a door of the platform and say whether what came of it is allowed.

Allowed is: accepted, with findings; or refused, in plain Chinese that names what is wrong and what to do, with nothing left
behind. Everything else is a failure, whatever the file was.
"""

import contextlib
import io
import os
import re
import shutil
import sys
import tempfile
import traceback
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest import mock

import polars as pl
from django.conf import settings
from django.db import connection
from tests.factories import intake_world as world
from tests.factories.intake_files import RESIDENT_ID
from tests.fuzz import mutants
from tests.fuzz.kept import REGISTER
from tests.fuzz.mutants import Mutant

from xinheng.config import cli
from xinheng.intake import services
from xinheng.intake.errors import FileRefused
from xinheng.intake.models import Doubt, Submission, SubmissionFinding, SubmissionOriginal, SubmissionRow, SubmissionState
from xinheng.intake.workbooks import findings_export
from xinheng.kernel.errors import DomainError
from xinheng.subjects import services as subjects

ON_DATE = date(2026, 4, 20)
_LONGEST_MESSAGE = 600
_ENDS = (SubmissionState.PUBLISHED, SubmissionState.RETURNED, SubmissionState.REFUSED, SubmissionState.MATCHED)
_LEAKS = re.compile(r"Traceback|\b[A-Z]\w*(?:Error|Exception|Panic)\b|\bat 0x[0-9a-f]+|/tmp/|\.rs:\d+|\.py\b")
_ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,.:]+){4,}")
_QUOTED = re.compile("“[^”]*”")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one case: the outcome (accepted, refused), the reason's code; ``problem`` is empty where all is well."""

    outcome: str
    reason: str = ""
    problem: str = ""
    rows: int = 0


class Failure(AssertionError):
    """Something that is not allowed, whatever the file was."""


def judge(mutant: Mutant) -> Verdict:
    """Bring a mutant to its door and judge what comes of it."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        path = folder / os.fsdecode(os.fsencode(mutant.made.name)[:250])
        path.write_bytes(mutant.made.content)
        return _DOORS[mutant.door](path, folder)
    except Failure as failure:
        return Verdict("failed", problem=str(failure))
    except BaseException:  # noqa: BLE001 - whatever escapes a door is what we are looking for
        return Verdict("failed", problem=traceback.format_exc(limit=-12))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ensure(condition: object, said: str) -> None:
    if not condition:
        raise Failure(said)


def message_check(text: str, *, lines: bool = False) -> None:
    """Fail where a refusal is not plain Chinese, does not say what to do, leaks our insides or could steer a terminal."""
    plain = _QUOTED.sub("“”", text)
    _ensure(sum("\u4e00" <= char <= "\u9fff" for char in plain) >= 12, f"no Chinese reason: {text[:200]!r}")
    _ensure("请" in text or "可用" in text, f"does not say what to do: {text[:200]!r}")
    _ensure(len(text) <= _LONGEST_MESSAGE, f"{len(text)} characters: {text[:200]!r}")
    _ensure(not (found := _LEAKS.search(text)), f"leaks {found and found.group()!r}: {text[:300]!r}")
    _ensure(not _ENGLISH.search(plain), f"English: {text[:300]!r}")
    odd = [char for char in text if unicodedata.category(char) in {"Cc", "Cs"} and not (lines and char == "\n")]
    _ensure(not odd, f"control characters or surrogates {odd[:5]!r}: {text[:200]!r}")
    _ensure(RESIDENT_ID not in text, f"a resident ID: {text[:200]!r}")


def _refused(error: DomainError) -> Verdict:
    message_check(str(error))
    return Verdict("refused", reason=error.code)


def _check(path: Path, folder: Path, *, use_register: bool) -> Verdict:
    place = folder / "work"
    place.mkdir()
    try:
        result = services.file_check(path=path, folder=place, on_date=ON_DATE, use_register=use_register)
    except FileRefused as error:
        _ensure(not list(place.iterdir()), "a refused file left something")
        return _refused(error)
    totals = result.checked.totals
    table = pl.read_parquet(result.landed.parquet)
    _ensure(table.height == totals.rows > 0, f"{table.height} rows landed, {totals.rows} checked")
    _ensure(totals.accepted + totals.refused + totals.duplicates == totals.rows, f"rows do not add up: {totals}")
    _ensure(RESIDENT_ID not in str(table.write_csv()), "a resident ID in the landed table")
    out = io.BytesIO()
    findings_export(result.checked.iter_findings(), form="csv", out=out)
    out.getvalue().decode("utf-8-sig")
    return Verdict("accepted", rows=totals.rows)


def _load(path: Path, folder: Path) -> Verdict:
    before = Submission.objects.count()
    try:
        result = world.load(path, out_dir=folder / "back")
    except FileRefused as error:
        _ensure(Submission.objects.count() == before, "a refused file opened a submission")
        return _refused(error)
    submission = Submission.objects.get(number=result.receipt.number)
    submission_check(submission)
    if result.marked is not None:
        for written in filter(None, [result.marked.path, result.marked.rest_path]):
            _workbook_check(written)
    if submission.state == SubmissionState.REFUSED:
        message_check(submission.refusal_text)
        return Verdict("refused", reason=submission.refusal_code)
    return Verdict("accepted", rows=submission.counts["rows"])


def _workbook_check(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        texts = b"".join(package.read(name) for name in package.namelist())
    _ensure(RESIDENT_ID.encode() not in texts, "a resident ID in the marked workbook")


def submission_check(submission: Submission) -> None:
    """Fail where a submission is in no legal end, or its rows do not add up."""
    state = submission.state
    _ensure(state in _ENDS, f"stopped in state {state}")
    outcomes = list(SubmissionRow.objects.filter(submission=submission).values_list("sheet", "row", "outcome"))
    doubts = Doubt.objects.filter(submission=submission).count()
    var = settings.XINHENG_VAR
    original = SubmissionOriginal.objects.get(submission=submission)
    sealed = (var / "originals" / original.stored_as).exists()
    _ensure(sealed == (original.destroyed_at is None), "the sealed original and its key are not both there or both gone")
    _ensure(sealed != (state == SubmissionState.REFUSED), f"original kept={sealed} of a submission that is {state}")
    left = [path.name for path in (var / "intake" / submission.number).rglob("*") if path.is_file()]
    if state == SubmissionState.REFUSED:
        findings = SubmissionFinding.objects.filter(submission=submission).count()
        _ensure(not (outcomes or doubts or findings or submission.counts), "a refused file left rows, doubts or findings")
        _ensure(not left, f"a refused file left {left}")
        return
    counts = submission.counts
    names = ("accepted", "returned", "doubtful", "repeated", "person")
    _ensure(sum(counts[name] for name in names) == counts["rows"], f"counts do not add up: {counts}")
    _ensure(doubts == counts["doubtful"], f"{doubts} doubts, {counts['doubtful']} counted")
    if state == SubmissionState.PUBLISHED:
        _ensure(not left, f"a published file left {left}")
        _ensure(len({(sheet, row) for sheet, row, _ in outcomes}) == len(outcomes) == counts["rows"], "not one outcome a row")
    else:
        _ensure(not outcomes, f"outcomes of a submission that is {state}")


def _register(path: Path, _folder: Path) -> Verdict:
    before = _register_size()
    try:
        report = subjects.register_import(path=path, actor="演示", now=world.NOW)
    except DomainError as error:
        _ensure(_register_size() == before, "a refused register file changed the register")
        return _refused(error)
    counts = report.counts
    names = ("new", "updated", "unchanged", "stale", "duplicate", "refused")
    _ensure(sum(counts[name] for name in names) == counts["rows"], f"rows do not add up: {counts}")
    _ensure(_register_size() == before + counts["new"], "the register grew by another number than was told")
    return Verdict("accepted", rows=counts["rows"])


def _register_size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM subjects_subject")
        return int(cursor.fetchone()[0])


def _command(path: Path, folder: Path) -> Verdict:
    text = path.name.encode(errors="replace")
    if sum(text) % 2:
        arguments = ["intake", "check", str(path), "--format", ["text", "json", "csv"][sum(text) % 3]]
    else:
        persons = ["--organ", world.ORGAN, "--clerk", "演示经办", "--reviewer", "演示审核"]
        arguments = ["intake", "load", str(path), *persons, "--out-dir", str(folder / "back")]
    return _run(arguments, allowed={0, 1, 2})


def _register_command(path: Path, _folder: Path) -> Verdict:
    return _run(["register", "import", str(path), "--dry-run"], allowed={0, 2})


def _run(arguments: list[str], *, allowed: set[int]) -> Verdict:
    """Run the command line here, with streams as a terminal has them; its exit code says what came of it."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code: object = 0
    with (
        mock.patch.object(sys, "argv", ["xinheng", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
    told = []
    for stream in (out, err):
        stream.flush()
        told.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    _ensure(code in allowed, f"exit code {code}: {told[1][-300:]!r}")
    if code == 2:
        said = told[1] or told[0]
        if not said.startswith(("{", "回执")):
            message_check(said.removesuffix("\n"))
        return Verdict("refused", reason="exit code 2")
    _ensure(told[0].strip(), "nothing was said")
    return Verdict("accepted")


_DOORS = {
    mutants.CHECK: lambda path, folder: _check(path, folder, use_register=False),
    mutants.CHECK_REGISTER: lambda path, folder: _check(path, folder, use_register=True),
    mutants.LOAD: _load,
    mutants.COMMAND: _command,
    mutants.REGISTER_IMPORT: _register,
    mutants.REGISTER_COMMAND: _register_command,
}


def door_of(name: str, *, family: str) -> str:
    """Return the door for a found case: what its name says, else the strictest of its family."""
    named = next((door for door in _DOORS if name.startswith(door.replace(" ", "_") + ".")), None)
    return named or (mutants.REGISTER_IMPORT if family == REGISTER else mutants.LOAD)


_TEXT_TABLES = """
SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' AND has_table_privilege(c.oid, 'SELECT')
"""


def stores_check() -> list[str]:
    """Return what is wrong with everything that is stored: resident IDs in clear, plain files, gaps, orphans."""
    problems = []
    with connection.cursor() as cursor:
        cursor.execute(_TEXT_TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{RESIDENT_ID}%"])
            if count := cursor.fetchone()[0]:
                problems.append(f"a resident ID in {count} rows of {table}")
        for said, query in _WHOLE.items():
            cursor.execute(query)
            if found := cursor.fetchone()[0]:
                problems.append(f"{said}: {found}")
    named = set(SubmissionOriginal.objects.filter(destroyed_at=None).values_list("stored_as", flat=True))
    originals = settings.XINHENG_VAR / "originals"
    kept = {path.name for path in originals.iterdir()} if originals.exists() else set()
    if kept != named:
        problems.append(f"sealed files {len(kept)}, submissions with an original {len(named)}")
    for path in settings.XINHENG_VAR.rglob("*"):
        if path.is_file() and path.parent != originals and RESIDENT_ID.encode() in path.read_bytes():
            problems.append(f"a resident ID in {path.relative_to(settings.XINHENG_VAR)}")
    return problems


_WHOLE = {
    "gaps in the publication sequence": "SELECT coalesce(max(seq), 0) - count(DISTINCT seq) FROM records_recordversion",
    "versions that no row of a submission led to": """
        SELECT count(*) FROM records_recordversion v
        WHERE NOT EXISTS (SELECT FROM intake_submissionrow r WHERE r.record_id = v.record_id)
    """,
    "rows of submissions that are not published": """
        SELECT count(*) FROM intake_submissionrow r JOIN intake_submission s ON s.id = r.submission_id
        WHERE s.state <> 'PUBLISHED'
    """,
    "submissions that stopped half-way": """
        SELECT count(*) FROM intake_submission WHERE state NOT IN ('PUBLISHED', 'RETURNED', 'REFUSED', 'MATCHED')
    """,
}
