"""LANDED to CHECKED: every rule of the catalogue over the whole table."""

from datetime import datetime

import pyarrow.parquet as pq

from xinheng.intake.checking import CheckContext, check
from xinheng.intake.models import Submission, SubmissionState
from xinheng.intake.services._artefacts import LANDED, VERDICTS, artefact, artefact_written
from xinheng.intake.services._findings import findings_copy_file
from xinheng.intake.services._landing import landed_of
from xinheng.intake.services._law import catalogue_of
from xinheng.intake.services._state import state_move
from xinheng.intake.services.waivers import verdicts_waived, waivers_in_force
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
    verdicts, waived = verdicts_waived(
        verdicts=checked.verdicts,
        findings=checked.findings,
        landed=artefact(submission.number, LANDED),
        item=catalogue.item(submission.item_id),
        waived=waivers_in_force(organ_code=submission.organ_code, item_id=submission.item_id, on_date=submission.reported_date),
    )
    with artefact_written(submission.number, VERDICTS) as out:
        pq.write_table(verdicts, out)
    findings_copy_file(submission, checked.findings)
    submission.rule_set_version = checked.rule_set_version
    rules = {count.rule.id: count.findings for count in checked.counts}
    submission.counts = submission.counts | {
        "findings": checked.finding_count,
        "explain": checked.totals.explain,
        "rules": rules,
    }
    if waived:
        submission.counts |= {"waived": waived}
    state_move(submission, to=SubmissionState.CHECKED, actor=actor, at=at, rules=rules)
