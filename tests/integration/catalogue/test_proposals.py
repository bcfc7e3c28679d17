"""A change of the catalogue: proposed, decided once by another person, installed by its hash."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from xinheng.adapters.clock import CHINA
from xinheng.audit.models import Event
from xinheng.catalogue import services
from xinheng.catalogue.errors import ProposalNotFound, ProposalNotInState, ProposalOfOneself, ProposalRefused
from xinheng.catalogue.models import CatalogueProposal, CatalogueSnapshot
from xinheng.catalogue.selectors import (
    catalogue_current,
    loading,
    proposal_catalogue,
    proposal_changes,
    proposal_is_in_force,
    sources_current,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 9, tzinfo=CHINA)
FILE = "national/regimes/r3.yaml"
OLD, NEW = (
    "{severity: GENERAL, shown: true, min_months: 3, max_months: 12",
    "{severity: GENERAL, shown: true, min_months: 3, max_months: 9",
)


@pytest.fixture(autouse=True)
def folder(tmp_path, settings, monkeypatch):
    """Return a catalogue folder of this test's own."""
    path = tmp_path / "catalogue"
    shutil.copytree(django_settings.XINHENG_CATALOGUE_DIR, path)
    settings.XINHENG_CATALOGUE_DIR = path
    monkeypatch.setattr(loading, "LOOK_AGAIN_SECONDS", 0.0)
    return path


def _text():
    text = sources_current()[FILE]
    assert OLD in text
    return text.replace(OLD, NEW)


def _make(**changes):
    arguments = {
        "title": "缩短一般处罚",
        "reason": "演示依据第一条",
        "files": {FILE: _text()},
        "actor": "account:1",
        "now": NOW,
    }
    return services.proposal_make(**arguments | changes)


def test_a_proposal_changes_nothing_until_it_is_adopted_and_installed(folder):
    before = catalogue_current()
    proposal = _make(files=sources_current() | {FILE: _text()})
    assert list(proposal.files) == [FILE], "only what differs is kept"
    (change,) = proposal_changes(after=proposal_catalogue(proposal=proposal))
    assert [(f.place, f.before, f.after) for f in change.fields] == [("各等级的期限，“一般”，最长月数", "12", "9")]
    with pytest.raises(ProposalNotInState, match="先由信用办主任批准"):
        services.proposal_install(proposal_id=proposal.pk, actor="值班", now=NOW)

    services.proposal_adopt(proposal_id=proposal.pk, actor="account:2", reason="核对过", now=NOW)
    services.proposal_adopt(proposal_id=proposal.pk, actor="account:2", reason="核对过", now=NOW)
    assert catalogue_current().hash == before.hash
    assert CatalogueSnapshot.objects.filter(hash=proposal.hash).exists()
    assert not proposal_is_in_force(proposal=proposal)

    services.proposal_install(proposal_id=proposal.pk, actor="值班", now=NOW)
    services.proposal_install(proposal_id=proposal.pk, actor="值班", now=NOW)
    assert catalogue_current().hash == proposal.hash
    assert proposal_is_in_force(proposal=proposal)
    assert not list(folder.rglob("*.part"))
    actions = list(Event.objects.filter(target_kind="catalogue_proposal").values_list("action", flat=True))
    assert actions == ["catalogue.proposal.made", "catalogue.proposal.adopted", "catalogue.proposal.installed"]


def test_nobody_adopts_what_they_proposed():
    proposal = _make()
    with pytest.raises(ProposalOfOneself):
        services.proposal_adopt(proposal_id=proposal.pk, actor="account:1", reason="x", now=NOW)
    with pytest.raises(IntegrityError, match="catalogue_proposal_two_persons"), transaction.atomic():
        CatalogueProposal.objects.filter(pk=proposal.pk).update(
            decision="ADOPTED", decided_by="account:1", decided_at=NOW, decision_reason="x"
        )
    assert CatalogueProposal.objects.get().decision == ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_catalogueproposal SET files = '{}'",
        "UPDATE catalogue_catalogueproposal SET proposed_by = 'account:9'",
        "DELETE FROM catalogue_catalogueproposal",
        "TRUNCATE catalogue_catalogueproposal",
    ],
)
def test_what_was_proposed_never_changes(statement):
    _make()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_proposal_is_decided_once():
    proposal = _make()
    services.proposal_refuse(proposal_id=proposal.pk, actor="account:2", reason="依据不足", now=NOW)
    for act in (services.proposal_adopt, services.proposal_refuse):
        with pytest.raises(ProposalNotInState, match="不同意"):
            act(proposal_id=proposal.pk, actor="account:3", reason="x", now=NOW)
    with pytest.raises(IntegrityError, match="a proposal is decided once"), transaction.atomic():
        CatalogueProposal.objects.update(decision="ADOPTED", decided_by="account:3")
    own = _make()
    services.proposal_refuse(proposal_id=own.pk, actor="account:1", reason="写错了", now=NOW)
    assert CatalogueProposal.objects.get(pk=own.pk).decision == "WITHDRAWN"
    with pytest.raises(ProposalNotFound):
        services.proposal_adopt(proposal_id=10**9, actor="account:2", reason="x", now=NOW)
    with pytest.raises(ProposalRefused, match="理由"), transaction.atomic():
        services.proposal_refuse(proposal_id=_make().pk, actor="account:2", reason=" ", now=NOW)


def test_a_law_that_changed_meanwhile_is_not_written_over(folder):
    adopted, waiting = _make(), _make(title="另一个")
    services.proposal_adopt(proposal_id=adopted.pk, actor="account:2", reason="核对过", now=NOW)
    path = folder / "national" / "instruments.yaml"
    path.write_text(
        path.read_text("utf-8").replace("中华人民共和国行政处罚法", "中华人民共和国行政处罚法（演示修订）"), "utf-8"
    )
    with pytest.raises(ProposalNotInState, match="批准以后变过"):
        services.proposal_install(proposal_id=adopted.pk, actor="值班", now=NOW)
    with pytest.raises(ProposalNotInState, match="提出以后变过"):
        services.proposal_adopt(proposal_id=waiting.pk, actor="account:2", reason="x", now=NOW)
    assert OLD in (folder / FILE).read_text("utf-8")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"files": {"../../etc/x.yaml": "items: []"}}, "不是目录里的位置"),
        ({"files": {"_schema/x.yaml": "items: []"}}, "不是目录里的位置"),
        ({"files": {"national/x.txt": "x"}}, "不是目录里的位置"),
        ({"files": {}}, "一字不差"),
        ({"reason": " "}, "没有写标题或理由"),
        ({"files": {"national/new.yaml": "items: [1"}}, "处问题"),
        ({"files": {"national/new.yaml": "# 只有注释\n"}}, "只改了注释"),
        ({"files": {"national/new.yaml": "#" * 2_000_001}}, "内容太多"),
    ],
)
def test_what_cannot_be_a_catalogue_is_refused(changes, why):
    with pytest.raises(ProposalRefused, match=why):
        _make(**changes)
    assert not CatalogueProposal.objects.exists()


def test_a_protection_is_not_proposed_away():
    """The gates stand before a proposal: no list of natural persons, no measure on a person (P2, P5)."""
    text = sources_current()["national/items/honour.yaml"]
    assert "subject_kinds: [ORGANISATION" in text
    refused = text.replace("subject_kinds: [ORGANISATION", "subject_kinds: [NATURAL_PERSON", 1)
    with pytest.raises(ProposalRefused, match="处问题"):
        _make(files={"national/items/honour.yaml": refused})


def test_the_command_installs_what_was_adopted(folder):
    from click.testing import CliRunner

    from xinheng.catalogue.cli import catalogue as command

    proposal = _make()
    services.proposal_adopt(proposal_id=proposal.pk, actor="account:2", reason="核对过", now=NOW)
    done = CliRunner().invoke(command, ["adopt", str(proposal.pk), "--by", "值班"])
    assert done.exit_code == 0, done.output
    assert "已装入" in done.output
    assert NEW in Path(folder / FILE).read_text("utf-8")
