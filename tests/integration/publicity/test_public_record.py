"""What a door may say of a record: P2, P3, P4 field by field; the explanation in words; the commands."""

from datetime import date

import pytest
from click.testing import CliRunner
from tests.factories.displays import make_record
from tests.factories.records import NOW, make_subject

from xinheng.adapters import clock
from xinheng.catalogue.domain import Confidence
from xinheng.config.cli import cli
from xinheng.publicity import selectors, services
from xinheng.publicity.errors import DisputeTooLong
from xinheng.records.errors import RecordNotFound
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
RESIDENT_ID, PHONE = "11010519491231002X", "13812345678"
FIELDS = {
    "subject_name": "夔门云帆食品有限公司（演示）",
    "document_no": "奉市监处罚〔2026〕演示15号",
    "violation_kind": f"标签不符合规定，联系人{PHONE}",
    "facts": f"当事人张某（{RESIDENT_ID}）销售",
    "content": "罚款",
    "legal_ground": "《食品安全法》",
    "penalty_kinds": "罚款",
    "fine": "2.000000",
    "decision_date": "2026-03-12",
    "valid_to": "2027-03-12",
    "organ_name": "奉节县市场监督管理局",
    "source_organ_name": "奉节县信用中心（演示）",
    "remark": "内部备注",
    "legal_representative": "不应在此",
    "某个未知列": "未知列内容",
}


def public(**row):
    subject = row.pop("subject_id", None) or make_subject()
    record = make_record(subject_id=subject, fields=FIELDS, **row)
    return selectors.display_get(record_id=record.pk, on_date=TODAY, found_exactly=True)


class TestPublicRecord:
    def test_a_penalty_is_told_by_its_summary_alone(self):
        found = public()
        assert [(field.role, field.value, field.written) for field in found.fields] == [
            ("document_no", "奉市监处罚〔2026〕演示15号", ""),
            ("violation_kind", "标签不符合规定，联系人138******78", ""),
            ("penalty_kinds", "罚款", ""),
            ("fine", "20,000.00元", "2.000000"),
            ("decision_date", "2026年3月12日", ""),
            ("source_organ_name", "奉节县信用中心（演示）", ""),
        ]
        assert found.withheld == ("违法事实", "处罚依据", "处罚内容")
        assert found.field("fine") == "20,000.00元"

    def test_confirmed_free_text_is_shown_and_masked_besides(self):
        found = public(free_text_confirmed=True)
        assert found.withheld == ()
        assert found.field("facts") == "当事人张某（110*************2X）销售"
        assert found.field("legal_ground") == "《食品安全法》"

    @pytest.mark.parametrize("confirmed", [True, False])
    def test_some_things_are_never_said(self, confirmed):
        told = repr(public(free_text_confirmed=confirmed))
        for secret in ("内部备注", "未知列内容", "不应在此", "张演示", RESIDENT_ID, PHONE):
            assert secret not in told

    def test_beside_every_record_stand_ground_source_end_and_first_repair_day(self):
        found = public()
        assert (found.severity.label, found.severity_confidence.label) == ("一般", "暂定")
        assert found.display_until == date(2027, 3, 11)
        assert found.first_repair_date == date(2026, 6, 12)
        assert "行政处罚法" in found.basis
        assert found.basis_confidence in Confidence
        assert found.provenance.submission_id == "FJ-20260320-0001"
        assert (found.provenance.sheet, found.provenance.row_no) == ("处罚", 15)
        assert found.provenance.columns == {"document_no": "N"}
        assert found.provenance.file_sha256 == "ab" * 32
        assert found.provenance.rule_set_version == "rules@1"
        assert found.steps[0].reference == found.basis
        assert any(step.confidence is Confidence.PROVISIONAL for step in found.steps)

    def test_the_confidences_of_steps_are_said(self):
        steps = public().steps
        assert [step.text for step in steps if "属于" in step.text]
        assert steps[-1].text == "没有撤销、撤回、修复、移出、暂停、异议标记。"

    def test_costs_three_queries_for_any_number_of_records(self, django_assert_num_queries):
        law = selectors.law_current()
        subject = make_subject()
        for n in range(12):
            make_record(subject_id=subject, document_no=f"演示{n}号", batch={"submission_id": f"FJ-{n}"}, fields=FIELDS)
        with django_assert_num_queries(3):
            found = selectors.displays_of_subject(subject_id=subject, on_date=TODAY, found_exactly=False, law=law)
        assert len(found) == 12
        with django_assert_num_queries(2):  # whether anything has changed, then the count
            selectors.displays_counted(on_date=TODAY, law=law)
        with django_assert_num_queries(1):
            selectors.explain(record_id=found[0].record_id, on_date=TODAY, law=law)


class TestExplain:
    def test_says_why_not_after_the_end(self):
        record = make_record(subject_id=make_subject())
        told = selectors.explain(record_id=record.pk, on_date=date(2027, 3, 12))
        assert not told.shown
        assert told.conclusion == "结论：公示到2027年3月11日（含当日），已经自动停止，2027年3月12日不公示。"

    def test_an_unknown_record(self):
        from uuid import UUID

        with pytest.raises(RecordNotFound):
            selectors.explain(record_id=UUID(int=7), on_date=TODAY)

    def test_tells_a_sole_traders_rule(self):
        record = make_record(subject_id=make_subject(kind="SOLE_TRADER"))
        told = selectors.explain(record_id=record.pk, on_date=TODAY)
        assert told.shown
        assert "个体工商户" in told.steps[-1].text


class TestDisputes:
    def test_the_catalogues_term_counts_and_can_be_extended_to_its_longest(self):
        record = make_record(subject_id=make_subject())
        act = {"record_id": record.pk, "ground": "异议〔2026〕演示3号", "actor": "officer-1", "now": NOW}
        services.dispute_open(received_date=date(2026, 11, 18), until=None, **act)
        current = CurrentRecord.objects.get(pk=record.pk)
        assert (current.disputed_since, current.disputed_until) == (date(2026, 11, 18), date(2026, 11, 27))

        with pytest.raises(DisputeTooLong, match="2026年12月16日"):
            services.dispute_open(received_date=date(2026, 11, 25), until=date(2026, 12, 17), **act)
        services.dispute_open(received_date=date(2026, 11, 25), until=date(2026, 12, 16), **act)
        current = CurrentRecord.objects.get(pk=record.pk)
        assert (current.disputed_since, current.disputed_until) == (date(2026, 11, 18), date(2026, 12, 16))


class TestCommands:
    def run(self, *arguments: str) -> str:
        with clock.fixed(date(2026, 11, 18)):
            result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def test_explain(self):
        record = make_record(subject_id=make_subject())
        told = self.run("explain", "奉市监处罚（2026）演示15号", "--on", "2026-11-22")
        assert "按2026年11月22日判断" in told
        assert "结论：公示到2027年3月11日（含当日），次日零时自动停止，无须申请。" in told
        assert told == self.run("explain", str(record.pk), "--on", "2026-11-22")

    def test_hold_release_dispute_undispute(self):
        record = make_record(subject_id=make_subject())
        act = (str(record.pk), "--ground", "县信用办〔2026〕演示1号", "--actor", "officer-1")
        assert "已暂停公示（公示序号" in self.run("record", "hold", *act)
        assert "没有变化" in self.run("record", "hold", *act)
        assert "2026年11月18日不公示" in self.run("explain", str(record.pk))
        assert "已恢复公示" in self.run("record", "release", *act)
        assert "已标注异议，最迟核查到2026年11月27日" in self.run("record", "dispute", *act)
        assert "有异议，核查中" in self.run("explain", str(record.pk))
        assert "没有变化" in self.run("record", "dispute", *act)
        assert "最迟核查到2026年12月1日" in self.run("record", "dispute", *act, "--until", "2026-12-01")
        assert "已去掉异议标注" in self.run("record", "undispute", *act, "--date", "2026-11-19")
        assert "结论：公示到" in self.run("explain", str(record.pk))

    def test_a_refusal_is_told_in_plain_words(self):
        with pytest.raises(RecordNotFound, match="没有找到"):
            self.run("explain", "没有的号")
