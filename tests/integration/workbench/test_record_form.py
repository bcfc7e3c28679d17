"""One record by form: the same findings as in a file, with and without a script; drafts are the clerk's own and sealed."""

import uuid

import pytest
from django.urls import reverse
from tests.factories import intake_world as world
from tests.factories.accounts import make_account, signed_in_client
from tests.factories.intake_files import real_catalogue
from tests.factories.intake_world import ORGAN
from tests.factories.jobs import jobs_run

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.intake import services
from xinheng.intake.errors import DraftNotFound, RowOfPerson
from xinheng.intake.models import RecordDraft, Submission, SubmissionFinding, SubmissionState
from xinheng.intake.services import Declarations
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.django_db

ITEM = "administrative_penalty"
FORM = f"/workbench/records/new/{ITEM}/"
FIELDS = f"{FORM}fields/"
RESIDENT_ID = "11010519491231002X"
DECLARED = {"is_secret_free": "on", "act": "send"}
_TOLD = ("sheet", "row", "column", "field", "value", "rule", "severity", "message", "expected", "fix", "ground", "confidence")


@pytest.fixture(autouse=True)
def _now():
    with clock.fixed(world.NOW):
        yield


@pytest.fixture
def subject(db):
    return world.subject_make(1)


@pytest.fixture
def clerk(db):
    return signed_in_client(make_account("demo.clerk", Role.CLERK, ORGAN))


def _file(path, row, item_id):
    """Write one row under the labels of the template that a department downloads."""
    import csv

    fields = services.fields_asked(item=real_catalogue().item(item_id))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.title for field in fields])
        writer.writerow([row.get(field.key, "") for field in fields])
    return path


def _sent(client, values):
    """Send the form, and what it tells having been seen, once more."""
    answer = client.post(FORM, values)
    return answer if answer.status_code == 302 else client.post(FORM, values | {"seen": answer.context["mark"]})


def _findings(number):
    found = SubmissionFinding.objects.filter(submission__number=number).values(*_TOLD)
    return sorted(found, key=lambda told: tuple(str(value) for value in told.values()))


@pytest.mark.parametrize(
    ("item_id", "row"),
    [
        (ITEM, world.penalty(1)),
        (ITEM, world.penalty(1, CF_XDR_SHXYM="91500236", CF_JDRQ="昨天", CF_NR_FK="")),
        (ITEM, world.penalty(1, CF_JDRQ="2026-01-05", CF_SY="联系电话13800138000，当事人销售过期食品。")),
        (ITEM, world.penalty(2)),
        (ITEM, world.penalty(1, CF_CFLB="罚款;其他-责令停业", CF_CFJG="奉节县司法局", CF_WSH="")),
        (ITEM, world.penalty(1, CF_XDR_MC="", CF_NR_FK="两万元", CF_SY="第一行\n第二行，含“引号”,和逗号")),
        ("administrative_licence", world.licence(1, XK_YXQZI="2020-01-01", XK_XKLB="不知道")),
    ],
    ids=["right", "code date fine", "late phone", "unknown subject", "other kind, other organ", "empty name", "licence"],
)
def test_the_same_row_by_form_and_by_file_is_told_the_same(tmp_path, subject, item_id, row):
    path = _file(tmp_path / "一条.csv", row, item_id)
    by_file = services.submission_receive(path=path, organ_code=ORGAN, clerk="甲", item_id=item_id, now=world.NOW)
    services.submission_advance(number=by_file.number, actor="甲", now=world.NOW)
    # A second organ's clerk, so that the same content is not the same submission.
    told = _findings(by_file.number)
    services.submission_withdraw(number=by_file.number, actor="甲", reason="试", now=world.NOW)
    by_form = services.record_send(
        values=row, item_id=item_id, organ_code=ORGAN, clerk="乙", declarations=Declarations(), now=world.NOW
    )
    assert by_form.state == SubmissionState.RECEIVED, "a job checks it, as it does with a file"
    assert jobs_run() == 1
    assert by_form.number != by_file.number
    assert by_form.item_id == item_id
    assert _findings(by_form.number) == told
    typed = services.record_check(values=row, item_id=item_id, organ_code=ORGAN, on_date=world.NOW.date())
    only_a_file_shows = {"V14", "V14b"}
    assert sorted((f.rule, f.field, f.value, f.message, f.fix, f.severity.value) for f in typed) == sorted(
        (t["rule"], t["field"], t["value"], t["message"], t["fix"], t["severity"])
        for t in told
        if t["rule"] not in only_a_file_shows
    )


def test_a_right_record_becomes_an_original_in_the_pipeline(clerk, subject):
    answer = _sent(clerk, world.penalty(1) | DECLARED)
    assert "正在检查" in clerk.get(answer["Location"]).content.decode()
    jobs_run()
    submission = Submission.objects.get()
    assert answer["Location"] == reverse("workbench:submission", args=[submission.number])
    assert (submission.state, submission.item_id, submission.clerk) == (SubmissionState.MATCHED, ITEM, "demo.clerk")
    assert submission.counts["accepted"] == 1
    assert submission.original.wrapped_key is not None
    assert not RecordDraft.objects.exists()


def test_what_the_records_have_already_and_days_without_a_ground_are_told_before_sending(clerk, subject, tmp_path):
    services.submission_load(
        path=_file(tmp_path / "一条.csv", world.penalty(1), ITEM), organ_code=ORGAN, clerk="甲", reviewer="乙", now=world.NOW
    )

    def while_typing(**typed):
        values = {"organ": ORGAN} | typed
        left = next(iter(typed))
        return clerk.post(FIELDS, values, headers={"HX-Trigger-Name": left}).content.decode()

    assert "库里已有这个文号的记录" in while_typing(CF_WSH="奉市监罚字(2026)1号")
    assert "库里已有" not in while_typing(CF_WSH="奉市监罚字〔2026〕2号")
    assert "库里已有" not in while_typing(CF_WSH="奉市监罚字〔2026〕1号", CF_CFJGDM="11500236DM0000999X"), "another organ's"
    early = while_typing(CF_JDRQ="1950-01-01")
    assert "还没有归集的依据" in early
    answer = clerk.post(FORM, world.penalty(1) | DECLARED)
    assert answer.status_code == 422, "seen before it goes"
    assert "内容相同的不会记两次" in answer.content.decode()
    assert clerk.post(FORM, world.penalty(1) | DECLARED | {"seen": answer.context["mark"]}).status_code == 302
    CurrentRecord.objects.get()
    jobs_run()
    assert Submission.objects.latest("id").counts["accepted"] == 1


def test_without_a_script_everything_is_said_on_submit_and_nothing_is_lost(clerk, subject):
    answer = clerk.post(FORM, world.penalty(1, CF_XDR_SHXYM="91500236", CF_NR_FK="") | DECLARED)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Submission.objects.exists()
    assert "处要改" in page
    assert 'href="#f-CF_XDR_SHXYM"' in page
    assert 'value="奉市监罚字〔2026〕1号"' in page
    assert page.count("〔必须改正〕") >= 4
    assert 'type="date"' in page
    draft = RecordDraft.objects.get()
    assert f'name="draft" value="{draft.pk}"' in page
    again = _sent(clerk, world.penalty(1) | DECLARED | {"draft": str(draft.pk)})
    assert again.status_code == 302
    assert not RecordDraft.objects.exists(), "sent: the draft is gone"
    odd = clerk.post(FORM, world.penalty(1, CF_JDRQ="昨天") | DECLARED).content.decode()
    assert 'value="昨天"' in odd, "what no day picker can show stays as it was typed"


def test_remarks_are_seen_before_it_goes_and_new_ones_again(clerk, subject):
    late = world.penalty(1, CF_JDRQ="2026-01-05") | DECLARED
    first = clerk.post(FORM, late)
    assert first.status_code == 422
    assert "处提示" in first.content.decode()
    assert clerk.post(FORM, late | {"seen": "on"}).status_code == 422
    other = clerk.post(FORM, late | {"CF_XDR_MC": "演示另一家食品有限公司", "seen": first.context["mark"]})
    assert other.status_code == 422, "another remark was not seen yet"
    assert not Submission.objects.exists()
    assert clerk.post(FORM, late | {"seen": first.context["mark"]}).status_code == 302


def test_secrecy_must_be_declared(clerk, subject):
    answer = clerk.post(FORM, world.penalty(1) | {"act": "send", "seen": "on"})
    assert answer.status_code == 422
    assert "没有声明“不含涉密信息”" in answer.content.decode()
    assert not Submission.objects.exists()


def test_a_field_is_checked_while_typing(clerk):
    values = world.penalty(1, CF_XDR_SHXYM="91500236")
    answer = clerk.post(FIELDS, values, headers={"HX-Trigger-Name": "CF_XDR_SHXYM"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.index("〔必须改正〕") < text.index("hx-swap-oob"), "the field's own messages come first"
    assert "no-store" in answer["Cache-Control"]
    empty = clerk.post(FIELDS, {"CF_WSH": "奉市监罚字〔2026〕1号"}, headers={"HX-Trigger-Name": "CF_WSH"})
    assert "field-error" not in empty.content.decode(), "empty fields that nobody came to are not scolded"
    all_told = clerk.post(FIELDS, {"CF_WSH": "x", "checked": "1"}, headers={"HX-Trigger-Name": "CF_WSH"})
    assert "field-error" in all_told.content.decode()


def test_several_codes_and_an_explained_one(clerk, subject):
    catalogue = real_catalogue()
    page = clerk.get(FORM).content.decode()
    other = next(value for value in catalogue.code_list("penalty_kinds").values if value.annotate)
    assert f'value="{other.label}"' in page
    assert "自然人" not in page.partition('id="f-CF_XDR_LB"')[2].partition("</select>")[0]
    sent = world.penalty(1) | {"CF_CFLB": ["罚款", other.label], "CF_CFLB__note": "责令停业", "act": "save"}
    assert clerk.post(FORM, sent).status_code == 302
    draft = RecordDraft.objects.get()
    assert services.draft_values(draft=draft)["CF_CFLB"] == f"罚款;{other.label}-责令停业"
    again = clerk.get(f"{FORM}?organ={ORGAN}&draft={draft.pk}").content.decode()
    assert 'value="责令停业"' in again
    assert again.count("checked") >= 2


def test_help_stands_beside_each_field(clerk):
    page = clerk.get(FORM)
    for field in page.context["form"].fields:
        assert field.how
        assert field.ground
        assert field.confidence in ("已核实", "有出处", "暂定")
    html = page.content.decode()
    assert html.count("的依据</summary>") == len(page.context["form"].fields)
    assert 'name="CF_FR_ZJHM"' not in html, "numbers of persons' documents are not asked for"


def test_drafts_are_sealed_masked_and_the_clerks_own(clerk, subject, foreign_clerk):
    values = world.penalty(1, CF_SY=f"当事人身份证号{RESIDENT_ID}，电话13800138000")
    assert clerk.post(FORM, values | {"act": "save"}).status_code == 302
    draft = RecordDraft.objects.get()
    assert "夔门".encode() not in bytes(draft.sealed)
    kept = services.draft_values(draft=draft)
    assert RESIDENT_ID not in str(kept)
    assert "13800138000" not in str(kept)
    colleague = signed_in_client(make_account("demo.other", Role.CLERK, ORGAN))
    for other in (colleague, foreign_clerk):
        assert str(draft.pk) not in other.get("/workbench/records/new/").content.decode()
        other.post(f"/workbench/records/drafts/{draft.pk}/discard/")
        assert other.post(FORM, values | {"act": "save", "draft": str(draft.pk)}).status_code in (404, 422)
    assert RecordDraft.objects.count() == 1
    assert world.name(1) in clerk.get("/workbench/records/new/").content.decode()
    assert clerk.post(f"/workbench/records/drafts/{draft.pk}/discard/").status_code == 302
    assert not RecordDraft.objects.exists()
    assert clerk.get(f"{FORM}?draft={draft.pk}").status_code == 302
    with pytest.raises(DraftNotFound):
        services.draft_save(
            clerk="account:1", organ_code=ORGAN, item_id=ITEM, values=values, now=world.NOW, draft_id=uuid.uuid4()
        )


def test_nothing_of_a_person_is_kept(clerk, tmp_path):
    values = world.penalty(1, CF_XDR_LB="自然人", CF_XDR_MC="演示张三")
    for act in ("save", "send"):
        answer = clerk.post(FORM, values | {"act": act, "is_secret_free": "on", "seen": "on"})
        assert answer.status_code == 422
        assert "自然人" in answer.content.decode()
    assert not RecordDraft.objects.exists()
    assert not Submission.objects.exists()
    with pytest.raises(RowOfPerson):
        services.record_send(
            values=values, item_id=ITEM, organ_code=ORGAN, clerk="甲", declarations=Declarations(), now=world.NOW
        )


def test_a_resident_number_is_in_no_store_after_the_form(clerk, subject):
    values = world.penalty(1, CF_SY=f"当事人{RESIDENT_ID}销售过期食品。")
    page = clerk.post(FORM, values | DECLARED | {"seen": "on"}).content.decode()
    assert RESIDENT_ID not in page
    from xinheng.adapters.storage import var_dir

    assert RESIDENT_ID.encode() not in world.landed_bytes(var_dir())


def test_drafts_too_old_are_destroyed(clerk, subject):
    clerk.post(FORM, world.penalty(1) | {"act": "save"})
    draft = RecordDraft.objects.get()
    services.originals_purge(on_date=draft.keep_until, now=world.NOW, actor="值班")
    assert RecordDraft.objects.exists()
    services.originals_purge(on_date=draft.keep_until.replace(year=draft.keep_until.year + 1), now=world.NOW, actor="值班")
    assert not RecordDraft.objects.exists()


def test_an_item_or_organ_that_is_not_the_clerks_is_not_found(clerk):
    assert clerk.get("/workbench/records/new/no_such_item/").status_code == 404
    assert clerk.get(f"{FORM}?organ=11500236DM00000136").status_code == 404
    assert clerk.post(FIELDS, {"organ": "11500236DM00000136"}).status_code == 404


@pytest.mark.parametrize("item_id", [item.id for item in real_catalogue().items])
def test_every_item_has_a_form(clerk, item_id):
    assert clerk.get(f"/workbench/records/new/{item_id}/").status_code == 200
