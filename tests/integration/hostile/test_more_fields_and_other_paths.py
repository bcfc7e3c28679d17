"""Fields that a form or a body does not have change nothing; names of files and paths lead nowhere else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories.accounts import NOW, OTHER_ORGAN, make_account, signed_in_client
from tests.factories.intake_world import ORGAN, file_write, penalty, subject_make
from tests.factories.systems import Door, make_system, token_of
from tests.integration.workbench.test_every_route import walled_routes

from xinheng.accounts.domain import Role
from xinheng.accounts.models import Account, RoleGrant
from xinheng.adapters import clock
from xinheng.exchange.models import ReportDraft
from xinheng.intake.models import Submission, SubmissionOriginal
from xinheng.monitoring.models import ZeroReport
from xinheng.records.models import RecordVersion

pytestmark = pytest.mark.django_db
MORE = {
    "organ_code": OTHER_ORGAN, "organ": OTHER_ORGAN, "organ_name": "别处", "role": "ADMINISTRATOR", "roles": "ADMINISTRATOR",
    "state": "PUBLISHED", "is_superuser": "on", "is_staff": "on", "is_active": "on", "clerk": "别人", "reviewer": "别人",
    "id": "1", "pk": "1", "number": "FJ-20200101-0001", "received_at": "2020-01-01", "certified_at": "2020-01-01", "client": "1",
    "account": "1", "valid_until": "2099-01-01", "legal_basis": "没有", "fine_fen": "0", "_state": "x", "__class__": "x",
}  # fmt: skip
TRAVERSALS = (
    "../" * 8 + "etc/passwd",
    "..%2f" * 8 + "etc%2fpasswd",
    "%2e%2e/" * 8 + "etc/passwd",
    "..\\..\\etc\\passwd",
    "/etc/passwd",
)
NAMES = ("../../../evil.csv", "/tmp/evil.csv", "..\\..\\evil.csv", "a/b/evil.csv", "evil\x00.csv", "." * 300 + ".csv")


@pytest.fixture(autouse=True)
def _today():
    with clock.fixed(NOW):
        yield


@pytest.fixture
def clerk():
    return signed_in_client(make_account("wang.ping", Role.CLERK, ORGAN, now=NOW))


def grants():
    return sorted(RoleGrant.objects.values_list("account_id", "role", "organ_code"))


def test_no_form_takes_a_field_that_it_does_not_have(clerk, tmp_path):
    subject_make(1)
    accounts, before = Account.objects.count(), grants()
    content = file_write(tmp_path / "处罚.csv", [penalty(1)]).read_bytes()
    own = {"organ_code": ORGAN, "item_id": "administrative_penalty", "is_secret_free": "on"}
    clerk.post("/workbench/submissions/new/", MORE | own | {"file": SimpleUploadedFile("处罚.csv", content)}, follow=True)
    submission = Submission.objects.get()
    assert (submission.organ_code, submission.clerk, submission.state) == (ORGAN, "wang.ping", "RECEIVED")
    assert (submission.number, submission.received_at) != (MORE["number"], MORE["received_at"])

    tried = 0
    for _name, path, view, names in walled_routes():
        if not names and Role.CLERK in view.xinheng_roles:
            assert clerk.post(path, MORE).status_code < 500, path
            tried += 1
    assert tried > 5
    assert not Submission.objects.exclude(organ_code=ORGAN).exists()
    assert not ZeroReport.objects.exclude(organ_code=ORGAN).exists()
    assert (grants(), Account.objects.count(), RecordVersion.objects.count()) == (before, accounts, 0)
    assert not {field.name for field in Account._meta.get_fields()} & {"is_superuser", "is_staff"}, "there is nothing to set"


def test_no_body_of_the_api_takes_one(db):
    door = Door(token_of(make_system()))
    response = door.post("", {"item": "administrative_penalty", "secret_free": True} | MORE)
    assert response.status_code in {201, 422}
    if response.status_code == 201:
        draft = ReportDraft.objects.get()
        assert (draft.organ_code, str(draft.pk) == MORE["id"]) == (ORGAN, False)
    report = door.begin()
    assert door.post(f"/{report}/rows", {"rows": [penalty(1)]} | MORE).status_code in {200, 422}
    assert not ReportDraft.objects.exclude(organ_code=ORGAN).exists()
    assert (Submission.objects.count(), RecordVersion.objects.count()) == (0, 0)


def test_a_file_is_kept_under_a_name_of_ours_whatever_it_is_called(clerk, tmp_path, settings):
    content = file_write(tmp_path / "处罚.csv", [penalty(1)]).read_bytes()
    outside = {path for path in tmp_path.rglob("*") if settings.XINHENG_VAR not in (path, *path.parents)}
    own = {"organ_code": ORGAN, "item_id": "administrative_penalty", "is_secret_free": "on"}
    for number, name in enumerate(NAMES):
        upload = SimpleUploadedFile("x.csv", content + b"\n" * number)
        upload._name = name
        assert clerk.post("/workbench/submissions/new/", own | {"file": upload}).status_code < 500
    assert Submission.objects.exists()
    for stored in SubmissionOriginal.objects.values_list("stored_as", flat=True):
        assert "evil" not in stored
        assert not set(stored) & set("/\\\0")
    assert not list(settings.XINHENG_VAR.rglob("*evil*"))
    assert {path for path in tmp_path.rglob("*") if settings.XINHENG_VAR not in (path, *path.parents)} == outside


def test_no_path_leads_out_of_what_is_served():
    client, tried = Client(), 0
    for door in (
        "/static/",
        "/log/",
        "/log/tile/",
        "/log/tile/0/",
        "/lists/",
        "/feeds/",
        "/reports/",
        "/law/",
        "/api/v1/snapshots/1/",
        "/api/v1/lists/",
    ):
        for path in TRAVERSALS:
            response = client.get(door + path)
            content = b"".join(response.streaming_content) if response.streaming else response.content
            assert response.status_code in {301, 400, 404, 422}, (door, path, response.status_code)
            assert b"root:" not in content
            tried += 1
    assert tried == 50
