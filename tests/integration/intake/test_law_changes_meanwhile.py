"""The catalogue changes between two steps: everything of a submission is under the one it was read with."""

import shutil

import pytest
from django.conf import settings as django_settings
from tests.factories import intake_world as world

from xinheng.catalogue.selectors import catalogue_kept
from xinheng.catalogue.selectors.keeping import _from_snapshot
from xinheng.intake import services
from xinheng.intake.models import Doubt, Submission, SubmissionState
from xinheng.intake.services import advance
from xinheng.subjects.models import Subject

pytestmark = pytest.mark.usefixtures("five_organisations")


class TestTheLawChangesMeanwhile:
    """The catalogue folder is replaced between two steps: everything of the submission is under the one it was read with."""

    STEPS = {"step_check": "LANDED", "step_match": "CHECKED", "step_publish": "CERTIFIED"}

    @pytest.fixture
    def other_law(self, tmp_path):
        """Another edition: the penalty's ground names another article, and fines must be written otherwise."""
        folder = tmp_path / "catalogue"
        shutil.copytree(django_settings.XINHENG_CATALOGUE_DIR, folder)
        path = folder / "national" / "instruments.yaml"
        text = path.read_text(encoding="utf-8")
        assert "中华人民共和国行政处罚法" in text
        path.write_text(text.replace("中华人民共和国行政处罚法", "中华人民共和国行政处罚法（演示修订）"), encoding="utf-8")
        return folder

    @pytest.mark.parametrize("step", [*STEPS])
    def test_between_two_steps(self, tmp_path, monkeypatch, settings, other_law, step):
        original = getattr(advance, step)

        def changed(submission, **named):
            settings.XINHENG_CATALOGUE_DIR = other_law
            original(submission, **named)

        monkeypatch.setitem(advance._STEPS, SubmissionState[self.STEPS[step]], changed)
        result = world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2, CF_NR_FK="")]))

        assert result.receipt.new == 1
        record, submission = world.record(1), Submission.objects.get()
        law = catalogue_kept(content_hash=record.catalogue_hash)
        assert record.catalogue_hash == submission.catalogue_hash
        item = law.item(record.item_id)
        assert record.legal_basis == law.basis_text(law.basis_on(item.basis, on_date=record.decision_date))
        assert "演示修订" not in record.legal_basis
        assert record.item_version == submission.item_version == law.item_version(record.item_id)

        later = world.load(world.file_write(tmp_path / "处罚二.csv", [world.penalty(3)]))
        assert later.receipt.new == 1
        assert "演示修订" in world.record(3).legal_basis
        assert world.record(3).catalogue_hash != record.catalogue_hash

    def test_a_doubt_is_decided_under_the_law_of_its_submission(self, tmp_path, settings, other_law):
        rows = [world.penalty(1), world.penalty(2, subject=77)]
        number = world.load(world.file_write(tmp_path / "处罚.csv", rows)).receipt.number
        settings.XINHENG_CATALOGUE_DIR = other_law
        doubt = Doubt.objects.get()
        services.doubt_decide(
            doubt_id=doubt.pk,
            subject_id=Subject.objects.first().pk,
            actor="甲",
            reason="查明",
            now=world.NOW,
            confirmed_by="乙",
        )

        record = world.record(2)
        assert record.catalogue_hash == Submission.objects.get(number=number).catalogue_hash
        assert "演示修订" not in record.legal_basis

    def test_a_snapshot_is_the_catalogue_again(self, tmp_path, settings, other_law):
        world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1)]))
        kept = Submission.objects.get().catalogue_hash
        settings.XINHENG_CATALOGUE_DIR = other_law
        _from_snapshot.cache_clear()
        assert catalogue_kept(content_hash=kept).hash == kept
