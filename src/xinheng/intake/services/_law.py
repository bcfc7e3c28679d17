"""Under which catalogue a submission is worked at: the one it was read with, to its end."""

from datetime import datetime

from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.selectors import catalogue_current, catalogue_kept
from xinheng.catalogue.services import catalogue_store
from xinheng.intake.models import Submission


def catalogue_of(submission: Submission) -> Catalogue:
    """Return the submission's catalogue; before it is read the current one.

    A catalogue may change between two steps, or while a reviewer takes days. What was checked, certified and published is
    then still one catalogue's, the one that the submission and its records name (P1).

    Raises:
        CatalogueNotKept: its snapshot is gone.
    """
    return catalogue_kept(content_hash=submission.catalogue_hash) if submission.catalogue_hash else catalogue_current()


def catalogue_pin(submission: Submission, *, catalogue: Catalogue, at: datetime) -> None:
    """Keep ``catalogue`` and name it in the submission; the caller saves it."""
    catalogue_store(now=at, catalogue=catalogue)
    submission.catalogue_hash = catalogue.hash
    submission.item_version = catalogue.item_version(submission.item_id)
