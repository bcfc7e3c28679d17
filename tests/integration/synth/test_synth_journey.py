"""The main job on a synthetic county: every row fares, and is shown, as its truth says."""

from collections import Counter
from datetime import date, datetime

import polars as pl
import pytest

from xinheng.adapters.clock import CHINA
from xinheng.intake.models import SubmissionRow
from xinheng.intake.services import Declarations, submission_load
from xinheng.publicity.selectors import displays
from xinheng.records.selectors import records_current
from xinheng.subjects.models import Subject
from xinheng.subjects.services import register_import

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=CHINA)
TODAY = date(2026, 11, 22)
FATES = {"NEW": "accepted", "CORRECTED": "corrected", "RETURNED": "returned", "DOUBTFUL": "doubtful", "PERSON": "person"}


def load(file, folder):
    """Send one file in and certify it."""
    declared = Declarations(is_desensitised=True, is_secret_free=True, is_legacy=file.get("is_legacy", False))
    return submission_load(
        path=folder / file["path"],
        organ_code=file["organ_code"],
        clerk="演示经办",
        reviewer="演示复核",
        declarations=declared,
        now=NOW,
    )


def fates(result, file, truth):
    """Return the truth of a file's rows beside what became of them."""
    rows = SubmissionRow.objects.filter(submission__number=result.receipt.number).values_list(
        "row", "outcome", "late_workdays", "record_id", "subject_id"
    )
    codes = dict(Subject.objects.values_list("id", "uscc"))
    found = pl.DataFrame(
        [
            (row, FATES.get(outcome, "duplicate"), late, str(record or ""), codes.get(subject, ""))
            for row, outcome, late, record, subject in rows
        ],
        schema={"row": pl.Int64, "got": pl.String, "got_late": pl.Int64, "record": pl.String, "party": pl.String},
        orient="row",
    )
    return truth.filter(pl.col("file") == file["path"]).join(found, on="row", how="full", coalesce=True)


@pytest.mark.usefixtures("fresh_database")
def test_every_row_fares_and_is_shown_as_its_truth_says(folder, said, truth, chosen):
    register_import(path=folder / said["register"]["path"], actor="演示", now=NOW, is_demo=True)
    again = [file for file in said["files"] if "重复" in file["path"]]
    compared = pl.concat([fates(load(file, folder), file, truth) for file in [*chosen, *again]])

    wrong = compared.filter(pl.col("got").ne_missing(pl.col("outcome")))
    assert wrong.select("file", "row", "dirt", "outcome", "got").rows() == []
    parties = compared.filter((pl.col("got") == "accepted") & (pl.col("party") != pl.col("subject")))
    assert parties.select("file", "row", "dirt", "subject", "party").rows() == []
    assert compared.filter(pl.col("got_late").fill_null(0) != pl.col("late_workdays")).rows() == []

    taken = compared.filter(pl.col("got") == "accepted")
    assert records_current().count() == taken.height
    shown = {str(record) for record in displays(on_date=TODAY).values_list("record_id", flat=True)}
    expected = taken.select("record", "shown", "dirt", "item_id")
    wrong = expected.filter(pl.col("record").is_in(list(shown)) != pl.col("shown"))
    assert Counter(wrong.select("item_id", "dirt", "shown").iter_rows()) == Counter()


@pytest.mark.usefixtures("fresh_database")
def test_acts_take_records_off_display(folder, said):
    register_import(path=folder / said["register"]["path"], actor="演示", now=NOW, is_demo=True)
    targets = {number for act in said["acts"] for number in act["targets"]}
    items = {"revocation": "administrative_penalty", "repair_result": "administrative_penalty"}
    wanted = {items.get(act["item_id"], "abnormal_list_entry") for act in said["acts"]}
    organs = {act["organ_code"] for act in said["acts"]}
    for file in said["files"]:
        if file["item_id"] in wanted and file["organ_code"] in organs:
            load(file, folder)
    before = displays(on_date=TODAY).filter(document_no__in=targets).count()
    assert before == len(targets)
    for act in said["acts"]:
        receipt = load(act, folder).receipt
        assert (receipt.accepted, receipt.returned) == (len(act["targets"]), act["unknown"])
    assert displays(on_date=TODAY).filter(document_no__in=targets).count() == 0
