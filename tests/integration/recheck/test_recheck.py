"""The record-checker agrees with sound doors and data, and sees each thing that should not be."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import connection, transaction
from django.test import Client
from tests.factories.portal import TODAY, make_county
from tests.factories.records import draft, make_subject, publish
from tests.factories.tampering import as_owner

from xinheng.adapters import clock
from xinheng.audit.models import Event
from xinheng.catalogue.services import catalogue_store
from xinheng.opendata.services import snapshot_make
from xinheng.recheck.cli import recheck
from xinheng.recheck.services import InProcess, OverHttp, public_check
from xinheng.recheck.services.doors import Answer
from xinheng.records import services as records
from xinheng.tlog.errors import PublishingStopped
from xinheng.tlog.models import PublishingStop


class Saying:
    """A site that answers records otherwise than the real one."""

    def __init__(self, status):
        self.real, self.status = InProcess(), status

    def get(self, path):
        if "/records/" not in path:
            return self.real.get(path)
        answer = self.real.get(path)
        return answer if answer.status == self.status else Answer(self.status, b'{"record": {"display": {"until": null}}}')


def check(*, site=None, day=TODAY, stops=False):
    with clock.fixed(day):
        return public_check(site=site or InProcess(), on_date=day, now=clock.now(), sample=40, seed=1, stops=stops)


def told(found):
    return {breach.of: breach.what for breach in found.breaches}


@pytest.mark.django_db
class TestDoors:
    def test_sound_doors_and_data_agree_on_every_day(self):
        make_county()
        with clock.fixed(TODAY):
            catalogue_store(now=clock.now())
            snapshot_make(on_date=TODAY, now=clock.now(), actor="officer-1")
        found = check()
        assert (found.breaches, found.with_snapshot) == ([], True)
        assert 0 < found.shown < found.records
        assert found.asked > found.shown, "also of what must not be shown"
        for days in (1, 100, 400, 1500):
            assert check(day=TODAY + timedelta(days=days)).breaches == []
        assert Event.objects.filter(action="recheck.public.checked").count() == 5

    def test_a_door_that_is_shut_is_no_incident(self, capfd):
        nowhere = "/records/00000000-0000-4000-8000-000000000000/"
        assert InProcess().get(nowhere).status == 404
        assert "404" not in capfd.readouterr().err
        Client().get(nowhere)
        assert "WARNING django.request: 404" in capfd.readouterr().err, "only while the checker asks"

    def test_a_door_that_tells_too_much_or_too_little_stops_publishing(self):
        county = make_county()
        too_little = check(site=Saying(404))
        assert any("没有公示" in breach.what for breach in too_little.breaches)
        records.record_hold(record_id=county.penalty, event_date=TODAY, ground="演示依据", actor="officer-1", now=clock.now())
        too_much = check(site=Saying(200), stops=True)
        assert "不应当公示" in told(too_much)[str(county.penalty)]
        broken = check(site=Saying(503))
        assert all("没有正常答复" in breach.what for breach in broken.breaches)
        stop = PublishingStop.objects.get()
        assert (stop.cause, "公示复核发现" in stop.reason) == ("CHECKER", True)
        with pytest.raises(PublishingStopped):
            publish(draft(subject_id=make_subject(), document_no="演示再来1号"))

    def test_over_http_no_other_scheme(self):
        with pytest.raises(ValueError, match="no address"):
            OverHttp("file:///etc/passwd")


def test_altered_data_are_seen(fresh_database):
    """Past every trigger: what a record says, how it came to be public, which version is shown, which law is kept."""
    with transaction.atomic():
        county = make_county()
    with clock.fixed(TODAY):
        catalogue_store(now=clock.now())
    assert check().breaches == []
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")

        def altered(statement, *values):
            cursor.execute("BEGIN")
            cursor.execute(statement, values)
            assert cursor.rowcount == 1
            try:
                return check()
            finally:
                cursor.execute("ROLLBACK")

        penalty = str(county.penalty)
        one = "UPDATE records_currentrecord SET {} WHERE record_id = %s"
        assert told(altered(one.format("document_no = document_no || '1'"), penalty))[penalty] == "内容与校验值不符"
        assert "依据" in told(altered(one.format("legal_basis = '《演示条例》第一条'"), penalty))[penalty]
        assert told(altered("DELETE FROM records_currentrecord WHERE record_id = %s", penalty))[penalty] == "公示的不是最新版本"
        law = altered("UPDATE catalogue_cataloguesnapshot SET content = content || ' '")
        assert "指纹" in law.breaches[0].what
        cursor.execute("SET session_replication_role = origin")
    assert check().breaches == []


@pytest.mark.django_db
def test_the_command_tells_and_leaves_a_code():
    make_county()
    with clock.fixed(TODAY):
        found = CliRunner().invoke(recheck, ["--sample", "6", "--seed", "3"], catch_exceptions=False)
    assert (found.exit_code, "全部一致" in found.output) == (0, True), found.output
