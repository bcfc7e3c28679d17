"""How far the running step of a submission is, beside its transaction; and the wish that it stop, which it looks for there."""

from collections.abc import Iterator
from contextlib import contextmanager

from xinheng.adapters.progress import Progress, ProgressFile, progress_read, telling
from xinheng.adapters.storage import var_dir
from xinheng.intake.models import ABANDONABLE, Submission
from xinheng.intake.services._artefacts import artefact

_PROGRESS = "progress.json"
_STOP = "stop"


class StepStopped(Exception):
    """The step ends because its submission is given up; its transaction is rolled back."""


@contextmanager
def step_told(submission: Submission) -> Iterator[None]:
    """Keep how far the step inside is where :func:`submission_progress` finds it, and end it where somebody wishes so.

    Raises:
        StepStopped: somebody does.
    """
    file = ProgressFile(artefact(submission.number, _PROGRESS))
    stop = artefact(submission.number, _STOP)
    # What two persons certified is not given up by one of them.
    may_stop = submission.state in ABANDONABLE

    def listen(progress: Progress) -> None:
        file.tell(progress)
        if may_stop and stop.exists():
            raise StepStopped

    try:
        with telling(listen):
            yield
    finally:
        file.remove()


def step_stop(number: str) -> None:
    """Let the running step end soon. What is wished is stored in the database; this only saves the waiting."""
    artefact(number, _STOP).touch()


def step_stop_seen(number: str) -> None:
    """Take the sign away: the stored wish is looked at now."""
    artefact(number, _STOP).unlink(missing_ok=True)


def submission_progress(*, number: str) -> Progress | None:
    """Return how far the running step of a submission is; ``None`` where none is at work. Asks no database."""
    return progress_read(var_dir() / "intake" / number / _PROGRESS)
