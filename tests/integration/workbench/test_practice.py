"""Practice: an invented file through the real rules, and nothing of it anywhere afterwards."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories import intake_world as world
from tests.factories.accounts import make_account, signed_in_client
from tests.factories.intake_files import real_catalogue

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.adapters.storage import var_dir
from xinheng.audit.models import Event
from xinheng.intake.errors import FileTooLarge
from xinheng.intake.models import Submission, SubmissionEvent, SubmissionFinding
from xinheng.intake.services import practice_check
from xinheng.records.models import RecordVersion
from xinheng.synth.errors import NothingToPractise
from xinheng.synth.services import PRACTISED, practice_file_write

pytestmark = pytest.mark.django_db

BAND = "练习：不入库、不公示"


@pytest.fixture(autouse=True)
def _now():
    with clock.fixed(world.NOW):
        yield


@pytest.fixture
def clerk(db):
    return signed_in_client(make_account("demo.clerk", Role.CLERK))


def _sample(client, item_id, query=""):
    answer = client.get(f"/workbench/practice/{item_id}/sample.xlsx{query}")
    assert answer.status_code == 200
    return SimpleUploadedFile("练习.xlsx", answer.content)


def _nothing_stored():
    return not any(model.objects.exists() for model in (Submission, SubmissionEvent, SubmissionFinding, RecordVersion))


@pytest.mark.parametrize("item_id", PRACTISED)
def test_a_practice_file_has_things_to_mend_and_mended_it_has_none(clerk, item_id):
    before = Event.objects.count()
    first = clerk.post(f"/workbench/practice/{item_id}/", {"file": _sample(clerk, item_id)})
    page = first.content.decode()
    assert first.status_code == 200, page
    assert BAND in page
    result = first.context["result"]
    assert result.rows == 40
    assert 0 < result.refused < 25
    assert len(result.must) >= 3, "several kinds of problems"
    assert first.context["step"] == 3

    again = clerk.post(f"/workbench/practice/{item_id}/", {"file": _sample(clerk, item_id, "?mended=1")})
    assert again.context["result"].must == (), [group.message for group in again.context["result"].must]
    assert again.context["step"] == 4
    assert BAND in clerk.get(f"/workbench/practice/{item_id}/?step=5").content.decode()
    assert _nothing_stored()
    assert Event.objects.count() == before


def test_nothing_of_an_uploaded_file_stays(clerk):
    rows = [world.penalty(1, CF_SY="保密语句甲乙丙"), world.penalty(2, CF_XDR_LB="自然人", CF_XDR_MC="演示张三")]
    text = "\n".join(
        [
            ",".join(field.title for field in real_catalogue().item("administrative_penalty").fields),
            *(
                ",".join(row.get(field.key, "") for field in real_catalogue().item("administrative_penalty").fields)
                for row in rows
            ),
        ]
    )
    answer = clerk.post("/workbench/practice/administrative_penalty/", {"file": SimpleUploadedFile("x.csv", text.encode())})
    assert answer.context["result"].rows == 2
    assert answer.context["result"].persons == 1
    stored = world.landed_bytes(var_dir())
    assert "保密语句甲乙丙".encode() not in stored
    assert "演示张三".encode() not in stored
    assert _nothing_stored()


def test_what_cannot_be_read_is_said_and_the_page_stays(clerk):
    for upload in (
        {},
        {"file": SimpleUploadedFile("x.xlsx", b"nonsense")},
        {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")},
    ):
        answer = clerk.post("/workbench/practice/administrative_penalty/", upload)
        assert answer.status_code == 422
        assert "没有检查" in answer.content.decode()
        assert BAND in answer.content.decode()
    with pytest.raises(FileTooLarge):
        practice_check(
            content=b"x" * 2_000_001,
            file_name="x.csv",
            item_id="administrative_penalty",
            organ_code=world.ORGAN,
            on_date=world.NOW.date(),
        )


def test_what_is_not_practised_is_not_found(clerk, tmp_path):
    assert clerk.get("/workbench/practice/serious_list_entry/").status_code == 404
    assert clerk.get("/workbench/practice/administrative_penalty/?organ=11500236DM00000136").status_code == 404
    with pytest.raises(NothingToPractise):
        practice_file_write(
            out=tmp_path / "x.xlsx",
            item_id="serious_list_entry",
            organ=real_catalogue().organ(world.ORGAN),
            on_date=world.NOW.date(),
            catalogue=real_catalogue(),
        )
