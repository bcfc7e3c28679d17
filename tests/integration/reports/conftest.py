"""An organisation with a file of its own, and the reports of it."""

from datetime import date, datetime

import pytest
from tests.factories.displays import make_record
from tests.factories.records import make_subject

from xinheng.adapters.clock import CHINA
from xinheng.subjects.models import Subject, SubjectCode

NOW = datetime(2026, 4, 1, 10, 32, 1, tzinfo=CHINA)


@pytest.fixture
def organisation(db):
    """Return an organisation with two licences, a penalty and an honour on display on the day of ``NOW``."""
    subject = make_subject(uscc="91500236XN0TEHTF0Q", township="永安街道", address="重庆市奉节县永安街道演示路1号")
    SubjectCode.objects.create(subject_id=subject, code_type=SubjectCode.Type.USCC, code="91500236XN0TEHTF0Q")
    for number in (1, 2):
        make_record(
            item_id="administrative_licence",
            subject_id=subject,
            document_no=f"奉食证〔2026〕演示{number}号",
            valid_to=date(2031, 3, 11),
            fields={"document_no": f"奉食证〔2026〕演示{number}号", "certificate_name": "食品经营许可证"},
        )
    make_record(subject_id=subject)
    make_record(
        item_id="honour",
        subject_id=subject,
        document_no="奉表〔2026〕演示1号",
        valid_to=date(2030, 1, 1),
        fields={"title": "守合同重信用单位"},
    )
    return Subject.objects.get(pk=subject)
