"""LANDED to CHECKED: every rule of the catalogue over the whole table."""

from datetime import datetime

import pyarrow.parquet as pq

from xinheng.intake.checking import CheckContext, check
from xinheng.intake.models import Submission, SubmissionState
from xinheng.intake.services._artefacts import VERDICTS, artefact_written
from xinheng.intake.services._findings import findings_copy_file
from xinheng.intake.services._landing import landed_of
from xinheng.intake.services._law import catalogue_of
from xinheng.intake.services._state import state_move
from xinheng.subjects.selectors import irregular_codes


def step_check(submission: Submission, *, actor: str, at: datetime) -> None:
    """Check the landed table, keep the findings and the verdict of every row; the submission is locked by the caller."""
    catalogue = catalogue_of(submission)
    checked = check(
        landed=landed_of(submission),
        catalogue=catalogue,
        context=CheckContext(
            on_date=submission.reported_date,
            organ_code=submission.organ_code,
            known_codes=irregular_codes(),
            on_the_spot=submission.is_on_the_spot,
            legacy=submission.is_legacy,
        ),
    )
    with artefact_written(submission.number, VERDICTS) as out:
        pq.write_table(checked.verdicts, out)
    findings_copy_file(submission, checked.findings)
    submission.rule_set_version = checked.rule_set_version
    rules = {count.rule.id: count.findings for count in checked.counts}
    submission.counts = submission.counts | {
        "findings": checked.finding_count,
        "explain": checked.totals.explain,
        "rules": rules,
    }
    state_move(submission, to=SubmissionState.CHECKED, actor=actor, at=at, rules=rules)
