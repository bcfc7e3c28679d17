"""The rows of a submission as the later steps see them: place, verdict and the cells by which they are matched."""

import polars as pl

from xinheng.catalogue.domain import Catalogue
from xinheng.intake.models import Submission
from xinheng.intake.services._artefacts import LANDED, VERDICTS, artefact
from xinheng.intake.services.converting import act_columns, date_of

KEYS = ["_sheet", "_row"]
IDENTITY_ROLES = (
    "subject_name", "uscc", "registration_no", "organisation_code", "document_no", "organ_code",
)  # fmt: skip


def rows_judged(submission: Submission, *, catalogue: Catalogue, more_roles: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return every landed row with its verdict, decision date and identity cells, unread: the caller takes what it needs.

    Verdicts: ``refused``, ``is_person``, ``duplicate`` (of a row before it in the file), ``is_not_shown``. The texts of a
    million rows are hundreds of megabytes, so that nobody should hold them twice.
    """
    item = catalogue.item(submission.item_id)
    landed = pl.scan_parquet(artefact(submission.number, LANDED))
    verdicts = pl.scan_parquet(artefact(submission.number, VERDICTS)).select(
        *KEYS, "refused", "duplicate", is_not_shown=pl.col("not_shown"), is_person=pl.col("person")
    )
    roles = (*IDENTITY_ROLES, *more_roles)
    cells = act_columns(item=item, roles=(*roles, "decision_date"))
    return landed.select(
        *KEYS,
        *(cells[role].alias(role) for role in roles),
        decision_date=date_of(cells["decision_date"]),
    ).join(verdicts, on=KEYS, how="left", maintain_order="left")
