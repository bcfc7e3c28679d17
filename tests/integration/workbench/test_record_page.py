"""A record leads back to its reports: which batch and row, who reported and certified, what was explained and put right."""

import pytest
from tests.factories import intake_world as world
from tests.factories.accounts import make_account, signed_in_client
from tests.factories.jobs import jobs_run

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.audit.models import Event
from xinheng.intake import services
from xinheng.records.models import CurrentRecord

CLERK, REVIEWER = "wang.ping", "li.na"
SAID = "办案系统升级，1月停用。"


@pytest.fixture(autouse=True)
def _now():
    with clock.fixed(world.NOW):
        yield


def test_an_explanation_is_found_from_the_record(db, tmp_path, foreign_clerk):
    subject = world.subject_make(1)
    clerk = signed_in_client(make_account(CLERK, Role.CLERK, world.ORGAN, now=world.NOW))
    reviewer = signed_in_client(make_account(REVIEWER, Role.REVIEWER, world.ORGAN, now=world.NOW))
    rows = [world.penalty(1, CF_JDRQ="2026-01-15", CF_YXQ="2027-01-15"), world.penalty(2, CF_NR_FK="")]
    path = world.file_write(tmp_path / "处罚.csv", rows)
    first = services.submission_receive(path=path, organ_code=world.ORGAN, clerk=CLERK, now=world.NOW).number
    services.submission_advance(number=first, actor=CLERK, now=world.NOW)
    services.findings_explain(number=first, rule="V17", text=SAID, actor=CLERK, now=world.NOW)
    services.cell_amend(number=first, sheet="CSV", row=2, field="CF_NR", value="罚款人民币贰万元", actor=CLERK, now=world.NOW)
    second = services.submission_recheck(number=first, actor=CLERK, now=world.NOW).number
    jobs_run()
    services.submission_submit(number=second, clerk=CLERK, now=world.NOW, explained=True)
    batch = f"/workbench/submissions/{second}/"
    assert SAID in reviewer.get(f"{batch}cell/?sheet=CSV&row=2").content.decode(), "beside the row, before it is certified"
    services.submission_certify(number=second, reviewer=REVIEWER, now=world.NOW)

    record = CurrentRecord.objects.get()
    address = f"/workbench/records/{record.record_id}/"
    assert f'href="{address}"' in clerk.get(f"{batch}findings/V17/").content.decode()
    page = reviewer.get(address).content.decode()
    for words in (SAID, "规则V17", "2026-04-20 10:41", second, "罚款人民币贰万元", world.name(1), "演示li"):
        assert words in page, words
    assert Event.objects.filter(action="intake.record.read", actor=REVIEWER, target_id=str(record.record_id)).count() == 1
    assert foreign_clerk.get(address).status_code == 404
    for door in (f"/records/{record.record_id}/?q={subject.uscc}", f"/api/v1/organisations/{subject.uscc}"):
        assert SAID not in clerk.get(door).content.decode(), "explanations are on no public page"
