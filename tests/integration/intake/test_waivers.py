"""Waivers: another person agrees, one document, one rule, an end; no protection is ever lifted."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests.factories import intake_world as world
from tests.factories.accounts import OTHER_ORGAN, make_account, signed_in_client
from tests.factories.intake_world import ORGAN

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.intake import services
from xinheng.intake.checking import rules_all
from xinheng.intake.domain import FindingSeverity
from xinheng.intake.errors import WaiverNotFound, WaiverNotInState, WaiverOfOneself, WaiverRefused
from xinheng.intake.models import WAIVABLE, SubmissionFinding, Waiver
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.django_db

ITEM = "administrative_penalty"
TODAY = world.NOW.date()
DOCUMENT = "奉市监罚字（2026）第1号"
NO_FINE = {"CF_NR_FK": ""}
RESIDENT_ID = "11010519491231002X"
NEVER = frozenset(
    {
        "C01", "C02", "C03", "C04", "C05", "C06", "F14", "L01", "L02", "L03", "Q01", "V01", "V02", "V04", "V04b", "V05b", "V08",
        "V09", "V09b", "V10", "V11", "V13", "V13b", "V14b", "V16", "V18b",
    }
)  # fmt: skip


@pytest.fixture(autouse=True)
def _subject(db):
    with clock.fixed(world.NOW):
        yield world.subject_make(1)


def _ask(**changes):
    arguments = {
        "organ_code": ORGAN, "item_id": ITEM, "rule": "V05", "document_no": DOCUMENT, "reason": "决定书写明罚款数额另行确定",
        "expires_on": TODAY + timedelta(days=30), "actor": "甲", "now": world.NOW,
    }  # fmt: skip
    return services.waiver_ask(**arguments | changes)


def _agreed(**changes):
    waiver = _ask(**changes)
    return services.waiver_decide(waiver_id=waiver.pk, agrees=True, actor="乙", reason="看过决定书", now=world.NOW)


def _load(tmp_path, *rows, now=world.NOW):
    result = world.load(world.file_write(tmp_path / f"处罚{len(list(tmp_path.iterdir()))}.csv", rows), now=now)
    return world.told(result), result.receipt.number


def test_the_rules_say_which_of_them_may_be_waived_and_no_protection_does():
    rules = {rule.id: rule for rule in rules_all()}
    assert {rule.id for rule in rules.values() if rule.waivable} == set(WAIVABLE)
    refusing = {rule.id for rule in rules.values() if rule.severity is FindingSeverity.REFUSE}
    assert refusing == set(WAIVABLE) | NEVER, "a new rule: say whether it may be waived"
    assert not any(rule.waivable and (rule.personal or rule.of_persons) for rule in rules.values())


def test_without_a_waiver_the_row_is_returned_and_with_one_it_is_published(tmp_path):
    assert _load(tmp_path, world.penalty(1, **NO_FINE))[0] == {"rows": 1, "returned": 1}
    waiting = _ask()
    assert _load(tmp_path, world.penalty(1, **NO_FINE))[0] == {"rows": 1, "returned": 1}, "asked for is not agreed"
    services.waiver_decide(waiver_id=waiting.pk, agrees=True, actor="乙", reason="看过决定书", now=world.NOW)
    told, number = _load(tmp_path, world.penalty(1, **NO_FINE), world.penalty(2, subject=1, **NO_FINE))
    assert told == {"rows": 2, "accepted": 1, "new": 1, "returned": 1}, "one document only"
    notes = SubmissionFinding.objects.filter(submission__number=number, rule="V05").order_by("row")
    assert [note.severity for note in notes] == ["NOTE", "REFUSE"]
    assert f"第{waiting.pk}号" in notes[0].message
    assert CurrentRecord.objects.get().fine_fen is None


@pytest.mark.parametrize("change", ["expired", "revoked", "refused", "other organ", "other item", "other rule"])
def test_what_is_not_in_force_does_nothing(tmp_path, change):
    if change == "expired":
        _agreed(expires_on=TODAY)
        later = world.NOW + timedelta(days=1)
        assert _load(tmp_path, world.penalty(1, **NO_FINE), now=later)[0] == {"rows": 1, "returned": 1}
        return
    if change == "revoked":
        waiver = _agreed()
        services.waiver_revoke(waiver_id=waiver.pk, actor="丙", reason="决定书已补正", now=world.NOW)
    elif change == "refused":
        waiver = _ask()
        services.waiver_decide(waiver_id=waiver.pk, agrees=False, actor="乙", reason="可以按规则填", now=world.NOW)
    else:
        _agreed(
            **{
                "other organ": {"organ_code": OTHER_ORGAN},
                "other item": {"item_id": "administrative_licence"},
                "other rule": {"rule": "V06"},
            }[change]
        )
    assert _load(tmp_path, world.penalty(1, **NO_FINE))[0] == {"rows": 1, "returned": 1}


def test_a_waiver_holds_through_its_last_day(tmp_path):
    _agreed(expires_on=TODAY)
    assert _load(tmp_path, world.penalty(1, **NO_FINE))[0] == {"rows": 1, "accepted": 1, "new": 1}


@pytest.mark.parametrize(
    "more",
    [
        {"CF_FRDB": RESIDENT_ID},
        {"CF_XDR_LB": "自然人", "CF_XDR_MC": "演示张三"},
        {"CF_XDR_SHXYM": "91500236"},
        {"CF_GSJZQ": "2099-12-31"},
        {"BZ": "机密★10年"},
        {"CF_JDRQ": "昨天"},
    ],
    ids=["resident id", "person", "identity", "display too long", "secret", "date"],
)
def test_a_waived_rule_lifts_no_other_refusal_of_the_row(tmp_path, more):
    _agreed()
    told, number = _load(tmp_path, world.penalty(1, **NO_FINE | more))
    assert not CurrentRecord.objects.exists(), told
    refusing = set(
        SubmissionFinding.objects.filter(submission__number=number, severity="REFUSE").values_list("rule", flat=True)
    )
    assert refusing & NEVER


def test_a_missing_column_is_not_waived_with_a_row(tmp_path):
    _agreed()
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1, **NO_FINE)])
    lines = [line.split(",") for line in path.read_text("utf-8").splitlines()]
    at = next(index for index, title in enumerate(lines[0]) if title == "违法行为类型")
    path.write_text("\n".join(",".join(cells[:at] + cells[at + 1 :]) for cells in lines), "utf-8")
    assert world.told(world.load(path)) == {"rows": 1, "returned": 1}


@pytest.mark.parametrize("rule", [*sorted(NEVER), "V03", "V17", "G4", "nonsense"])
def test_what_protects_cannot_be_asked_for_nor_written(rule):
    with pytest.raises(WaiverRefused, match="不能豁免"):
        _ask(rule=rule)
    with pytest.raises(IntegrityError, match="waiver_rule_may_be_waived"), transaction.atomic():
        Waiver.objects.create(
            organ_code=ORGAN, item_id=ITEM, rule=rule, document_no="x", document_no_key="x", reason="x", asked_by="甲",
            asked_at=world.NOW, asked_on=TODAY, expires_on=TODAY,
        )  # fmt: skip


def test_two_persons_a_reason_and_an_end(tmp_path):
    waiver = _ask()
    with pytest.raises(WaiverOfOneself):
        services.waiver_decide(waiver_id=waiver.pk, agrees=True, actor="甲", reason="x", now=world.NOW)
    with pytest.raises(IntegrityError, match="waiver_two_persons"), transaction.atomic():
        Waiver.objects.update(decision="APPROVED", decided_by="甲", decided_at=world.NOW, decision_reason="x")
    with pytest.raises(WaiverRefused, match="理由"):
        services.waiver_decide(waiver_id=waiver.pk, agrees=True, actor="乙", reason=" ", now=world.NOW)
    for changes, why in (
        ({"reason": " "}, "理由"),
        ({"document_no": " "}, "文书号"),
        ({"expires_on": TODAY + timedelta(days=367)}, "有效期"),
        ({"expires_on": TODAY - timedelta(days=1)}, "有效期"),
    ):
        with pytest.raises(WaiverRefused, match=why):
            _ask(**changes)
    services.waiver_decide(waiver_id=waiver.pk, agrees=False, actor="乙", reason="可以填", now=world.NOW)
    with pytest.raises(WaiverNotInState):
        services.waiver_decide(waiver_id=waiver.pk, agrees=True, actor="丙", reason="x", now=world.NOW)
    with pytest.raises(WaiverNotInState):
        services.waiver_revoke(waiver_id=waiver.pk, actor="丙", reason="x", now=world.NOW)
    with pytest.raises(WaiverNotFound):
        services.waiver_revoke(waiver_id=10**9, actor="丙", reason="x", now=world.NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE intake_waiver SET expires_on = '2099-01-01'",
        "UPDATE intake_waiver SET rule = 'V06'",
        "UPDATE intake_waiver SET decision = '', decided_by = '', decided_at = NULL, decision_reason = ''",
        "DELETE FROM intake_waiver",
    ],
)
def test_what_was_asked_and_decided_stands(statement):
    _agreed()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_form_of_one_record_is_told_the_same(tmp_path):
    row = world.penalty(1, **NO_FINE)
    _agreed()
    typed = services.record_check(values=row, item_id=ITEM, organ_code=ORGAN, on_date=TODAY)
    assert [(finding.rule, finding.severity) for finding in typed if finding.rule == "V05"] == [("V05", FindingSeverity.NOTE)]


def test_asked_for_by_a_clerk_and_decided_by_the_office_in_the_browser():
    clerk = signed_in_client(make_account("demo.clerk", Role.CLERK, ORGAN))
    foreign = signed_in_client(make_account("demo.foreign", Role.CLERK, OTHER_ORGAN))
    officer = signed_in_client(make_account("demo.officer", Role.CREDIT_OFFICER, ORGAN))
    values = {
        "organ_code": ORGAN, "item_id": ITEM, "rule": "V05", "document_no": DOCUMENT, "reason": "决定书如此",
        "expires_on": "2026-06-30",
    }  # fmt: skip
    assert clerk.post("/workbench/waivers/ask/", values | {"rule": "V13"}).status_code == 422
    assert clerk.post("/workbench/waivers/ask/", values | {"organ_code": OTHER_ORGAN}).status_code == 422
    assert clerk.post("/workbench/waivers/ask/", values).status_code == 302
    waiver = Waiver.objects.get()
    address = f"/workbench/waivers/{waiver.pk}/"
    assert foreign.get(address).status_code == 404
    assert DOCUMENT not in foreign.get("/workbench/waivers/").content.decode()
    assert "同意豁免" not in clerk.get(address).content.decode()
    assert clerk.post(f"{address}decide/", {"agrees": "yes", "reason": "x"}).status_code == 403
    assert officer.post(f"{address}decide/", {"agrees": "yes", "reason": ""}).status_code == 422
    assert officer.post(f"{address}decide/", {"agrees": "yes", "reason": "看过决定书"}).status_code == 302
    assert Waiver.objects.get().decision == "APPROVED"
    with clock.fixed(world.NOW + timedelta(days=100)):
        later = signed_in_client(make_account("demo.later", Role.CREDIT_OFFICER, ORGAN, now=clock.now()))
        assert "已到期，不再有效" in later.get("/workbench/waivers/").content.decode()
    assert officer.post(f"{address}revoke/", {"reason": "决定书已补正"}).status_code == 302
    assert Waiver.objects.get().decision == "REVOKED"
    assert date(2026, 6, 30) == Waiver.objects.get().expires_on
