"""A change of the law in the browser: diff in Chinese, effect by organ and item, another person adopts."""

import io
import shutil
import zipfile

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories.accounts import make_account, signed_in_client
from tests.factories.displays import make_record
from tests.factories.records import make_subject

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.catalogue.models import CatalogueProposal
from xinheng.catalogue.selectors import catalogue_current, loading, sources_current
from xinheng.records.models import RecordVersion

FILE = "national/regimes/r3.yaml"
OLD, NEW = "min_months: 3, max_months: 12", "min_months: 3, max_months: 9"
MARKET = "national/regimes/market_supervision.yaml"


@pytest.fixture(autouse=True)
def _world(tmp_path, settings, monkeypatch, db):
    path = tmp_path / "catalogue"
    shutil.copytree(django_settings.XINHENG_CATALOGUE_DIR, path)
    settings.XINHENG_CATALOGUE_DIR = path
    monkeypatch.setattr(loading, "LOOK_AGAIN_SECONDS", 0.0)
    from datetime import datetime

    with clock.fixed(datetime(2026, 5, 6, 9, tzinfo=clock.CHINA)):
        yield


@pytest.fixture
def officer():
    return signed_in_client(make_account("demo.officer", Role.CREDIT_OFFICER))


@pytest.fixture
def director():
    return signed_in_client(make_account("demo.director", Role.CREDIT_DIRECTOR))


def _files():
    sources = sources_current()
    return {name: sources[name].replace(OLD, NEW) for name in (FILE, MARKET)}


def _zip(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"catalogue/{name}", text)
        archive.writestr("catalogue/_schema/x.yaml", "x: 1")
        archive.writestr("catalogue/README.md", "x")
    return SimpleUploadedFile("catalogue.zip", packed.getvalue())


def _propose(client):
    answer = client.post(
        "/workbench/catalogue/propose/", {"title": "缩短一般处罚", "reason": "演示依据", "archive": _zip(_files())}
    )
    assert answer.status_code == 302, answer.content.decode()
    return CatalogueProposal.objects.get()


def test_proposed_reviewed_and_adopted_by_another(officer, director):
    record = make_record(subject_id=make_subject())
    versions = RecordVersion.objects.count()
    before = catalogue_current().hash
    proposal = _propose(officer)
    address = f"/workbench/catalogue/{proposal.pk}/"

    page = director.get(address).content.decode()
    assert "各等级的期限，“一般”，最长月数" in page
    assert ">12<" in page
    assert ">9<" in page
    effect = director.get(address).context["page"].effects
    assert [(line.item, line.shorter, line.disappear) for line in effect] == [("行政处罚", 1, 0)]
    assert record.document_no in director.get(address + effect[0].url).content.decode()
    later = director.get(address + "?on=2027-01-15").context["page"].effects
    assert [(line.shorter, line.disappear) for line in later] == [(0, 1)]
    earlier = director.get(address + "?on=2020-01-01")
    assert earlier.context["page"].on_date == clock.today()

    assert "批准这项修改" not in officer.get(address).content.decode()
    assert officer.post(address + "adopt/", {"reason": "x"}).status_code == 403
    assert director.post(address + "adopt/", {"reason": ""}).status_code == 422
    assert director.post(address + "adopt/", {"reason": "核对过原文"}).status_code == 302
    assert catalogue_current().hash == before, "nothing is in force before it is installed"
    assert "等系统管理员在服务器上装入" in officer.get("/workbench/catalogue/").content.decode()
    assert RecordVersion.objects.count() == versions


def test_a_director_does_not_adopt_their_own(director):
    proposal = _propose(director)
    address = f"/workbench/catalogue/{proposal.pk}/"
    assert "批准这项修改" not in director.get(address).content.decode()
    refused = director.post(address + "adopt/", {"reason": "核对过"})
    assert refused.status_code == 422
    assert "不能是同一人" in refused.content.decode()
    assert director.post(address + "refuse/", {"reason": "写错了"}).status_code == 302
    assert CatalogueProposal.objects.get().decision == "WITHDRAWN"


def test_an_officer_does_not_refuse_a_directors(director, officer):
    proposal = _propose(director)
    assert officer.post(f"/workbench/catalogue/{proposal.pk}/refuse/", {"reason": "x"}).status_code == 422
    assert CatalogueProposal.objects.get().decision == ""


def test_one_file_is_changed_in_the_page_and_what_is_wrong_is_told_by_line(officer):
    page = officer.get("/workbench/catalogue/propose/?file=" + FILE).content.decode()
    assert "max_months: 12" in page
    text = sources_current()[FILE]
    values = {"title": "改", "reason": "演示", "name": FILE}
    wrong = officer.post("/workbench/catalogue/propose/", values | {"text": text.replace("max_months: 12", "max_months: 012")})
    assert wrong.status_code == 422
    assert f"{FILE}:" in wrong.content.decode() or FILE in wrong.content.decode()
    assert "max_months: 012" in wrong.content.decode(), "what was typed comes back"
    right = officer.post("/workbench/catalogue/propose/", values | {"text": text.replace(OLD, NEW).replace("\n", "\r\n")})
    assert right.status_code == 302
    assert "\r" not in CatalogueProposal.objects.get().files[FILE]


@pytest.mark.parametrize("content", [b"no zip", b"PK\x03\x04broken"])
def test_what_is_no_archive_is_refused(officer, content):
    answer = officer.post(
        "/workbench/catalogue/propose/",
        {"title": "改", "reason": "演示", "archive": SimpleUploadedFile("x.zip", content)},
    )
    assert answer.status_code == 422
    assert "压缩包打不开" in answer.content.decode()


def test_a_proposal_that_is_none_is_not_found(officer, director):
    assert officer.get("/workbench/catalogue/999/").status_code == 404
    assert director.post("/workbench/catalogue/999/adopt/", {"reason": "x"}).status_code == 404
    assert officer.post("/workbench/catalogue/999/refuse/", {"reason": "x"}).status_code == 404
