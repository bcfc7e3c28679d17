"""What killed processes left behind: found by resuming and by the daily purge, whichever comes first."""

from xinheng.intake.models import UNFINISHED, Submission, SubmissionState
from xinheng.intake.services._artefacts import artefacts_remove, numbers_with_artefacts, workplaces_remove

KEEPS_ARTEFACTS = frozenset({*UNFINISHED, SubmissionState.RETURNED})
"""States in which a submission still needs what its steps made."""


def leftovers_remove() -> None:
    """Remove what no submission needs any more: tables of finished ones, plain copies of processes that are gone (P16)."""
    for number in numbers_with_artefacts():
        state = Submission.objects.filter(number=number).values_list("state", flat=True).first()
        if state is not None and state not in KEEPS_ARTEFACTS:
            artefacts_remove(number)
        else:
            workplaces_remove(number)
