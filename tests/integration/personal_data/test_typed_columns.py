"""Whatever somebody can type is stored masked: every column of text is one for typed text, or says why nobody types into it."""

import pytest
from django.apps import apps
from django.db import models
from tests.factories import planted

from xinheng.adapters.typed import TypedChar, TypedText
from xinheng.kernel.personal import mask_personal_numbers

CODES = frozenset(
    {
        *(
            "organ_code",
            "organ_codes",
            "item_id",
            "item_kind",
            "item_version",
            "catalogue_hash",
            "rule_set_version",
            "rule",
            "rules",
        ),
        *(
            "number",
            "stored_as",
            "rest_stored_as",
            "key",
            "batch",
            "purpose",
            "purposes",
            "role",
            "roles",
            "how",
            "field",
            "channel",
        ),
        *("confidence", "basis_confidence", "severity", "refusal_code", "from_state", "to_state", "state", "failure", "span"),
        *(
            "submission_id",
            "list_type",
            "code_type",
            "region",
            "status",
            "kind",
            "action",
            "decision",
            "event",
            "outcome",
            "cause",
        ),
        *("password", "login_name", "secret_sha256", "subject_type", "target_kind", "origin", "version", "hash", "name_key"),
        *(
            "table_name",
            "operation",
            "first_key",
            "last_key",
            "database_user",
            "address",
            "door",
            "what",
            "request_id",
            "method",
        ),
        *("object_kind", "object_id", "case_no", "inputs_digest", "document_no_key", "step", "pair", "series_key"),
    }
)
"""Numbers, codes and digests that the platform gives or checks itself, or masks before (the trail: ``audit.domain``)."""
OF_FILES = frozenset(
    {
        "sheet",
        "column",
        "value",
        "message",
        "expected",
        "fix",
        "before",
        "organ_name",
        "document_no",
        "certificate_no",
        "reason",
    }
)
"""Cells of a file that intake scanned and masked while it read them (P3, ``intake.reading.personal``), and what is told of them."""
OF_OUR_OWN = frozenset(
    {
        "tlog.LogBatch.name",  # of a catalogue or a batch, from the database
        "tlog.LogErasure.ground",  # written by SQL, masked in ``tlog.services.erasing``
        "tlog.LogCheckpoint.note",  # the signed text
        "catalogue.CatalogueSnapshot.content",  # the law
        "intake.SubmissionFinding.ground",  # words of a rule
        "intake.WorkbookOrder.problem",  # words of ours
    }
)
_REGISTER, _RECORDS = "subjects", "records"


def _free(field: models.Field) -> bool:
    name, app = field.name, field.model._meta.app_label
    if field.choices or field.model._meta.proxy or name in CODES or name.endswith(("_sha256", "_code", "_digest", "_hash")):
        return False
    if f"{field.model._meta.label}.{name}" in OF_OUR_OWN:
        return False
    if app in (_REGISTER, _RECORDS) and not isinstance(field, (TypedChar, TypedText)):
        return False  # register rows are refused with a personal number; records are written by SQL that masks itself
    return not (app == "intake" and (name in OF_FILES or field.model._meta.object_name == "Doubt"))


def test_every_column_that_somebody_types_into_masks():
    found, typed = [], 0
    for model in apps.get_models():
        if not model.__module__.startswith("xinheng.") or not model._meta.managed:
            continue
        for field in model._meta.local_fields:
            if isinstance(field, (models.CharField, models.TextField)):
                typed += isinstance(field, (TypedChar, TypedText))
                if not isinstance(field, (TypedChar, TypedText)) and _free(field):
                    found.append(f"{model._meta.label}.{field.name}")
    assert sorted(found) == []
    assert typed >= 40


@pytest.mark.parametrize("field", [TypedText(), TypedChar(max_length=200)])
def test_it_masks_what_is_stored_and_asked_and_is_an_ordinary_column(field):
    field.set_attributes_from_name("x")
    text = planted.all_of(1)
    stored = field.get_prep_value(text)
    assert planted.found_in(stored.encode()) == []
    assert (stored, len(stored)) == (mask_personal_numbers(text), len(text))
    assert field.get_prep_value("奉演〔2026〕1号") == "奉演〔2026〕1号"
    assert field.deconstruct()[1].startswith("django.db.models.")


@pytest.mark.parametrize(
    "text",
    [
        planted.resident(1) + planted.phone(1),
        planted.phone(1) + planted.resident(1),
        planted.resident(1) + planted.resident(2) + planted.phone(3),
        planted.phone(4).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        planted.card(5).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ],
)
def test_numbers_written_together_or_wide_are_masked(text):
    masked = mask_personal_numbers(f"联系{text}。")
    assert planted.found_in(masked.encode()) == []
    assert len(masked) == len(text) + 3
