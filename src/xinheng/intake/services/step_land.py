"""RECEIVED to LANDED: read the file into one cleaned, masked table; or REFUSED, with nothing of it kept."""

from datetime import datetime

from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.domain import Limits
from xinheng.intake.errors import FileRefused
from xinheng.intake.models import Submission, SubmissionState
from xinheng.intake.reading import amended_write, findings_left, land
from xinheng.intake.selectors import amended_cells
from xinheng.intake.services._artefacts import LANDED, artefact_written
from xinheng.intake.services._findings import findings_copy
from xinheng.intake.services._landing import landing_facts
from xinheng.intake.services._law import catalogue_pin
from xinheng.intake.services._state import state_move
from xinheng.intake.services.originals import original_destroy, original_opened
from xinheng.kernel.personal import mask_personal_numbers
from xinheng.subjects.selectors import irregular_codes


def step_land(submission: Submission, *, actor: str, at: datetime) -> None:
    """Read the original; the submission is locked by the caller. A file that cannot be read is refused as a whole."""
    catalogue = catalogue_current()
    try:
        with original_opened(submission=submission) as source, artefact_written(submission.number, LANDED) as out:
            landed = land(
                source,
                out=out,
                catalogue=catalogue,
                item_id=submission.item_id or None,
                known_codes=irregular_codes(),
                limits=Limits(),
            )
            cells = amended_cells(submission) if submission.is_amended else []
            amended_write(out, cells)
    except FileRefused as error:
        submission.refusal_code, submission.refusal_text = error.code, mask_personal_numbers(str(error))
        state_move(submission, to=SubmissionState.REFUSED, actor=actor, at=at, note=submission.refusal_text)
        # The message says that nothing is kept, so nothing is: the sealed original goes at once, not after 90 days.
        original_destroy(submission=submission, now=at, actor=actor)
        return
    submission.item_id = landed.item_id
    submission.landing = landing_facts(landed)
    submission.counts = {"rows": landed.row_count}
    findings_copy(submission, findings_left(landed.findings, cells))
    catalogue_pin(submission, catalogue=catalogue, at=at)
    state_move(submission, to=SubmissionState.LANDED, actor=actor, at=at, rows=landed.row_count)
