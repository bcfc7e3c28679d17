"""Whether one record is shown, and the reasons in their order."""

from datetime import date

import pytest
from tests.factories.displays import organ_code

from xinheng.catalogue.domain import Catalogue, Confidence, ItemDisclosure, ListNature, Severity
from xinheng.catalogue.selectors import catalogue_current
from xinheng.publicity.selectors.deciding import decide, facts_of
from xinheng.publicity.selectors.law import DisplayLaw, law_current
from xinheng.records.models import CurrentRecord
from xinheng.rules.domain import DisplayFacts

TODAY = date(2026, 6, 1)
UNKNOWN_ORGAN = "11500236MB演示9999"


@pytest.fixture(scope="module")
def law():
    return law_current()


def penalty(**more):
    return CurrentRecord(
        **{
            "record_id": 7,
            "item_id": "administrative_penalty",
            "organ_code": organ_code(),
            "decision_date": date(2026, 5, 6),
            "penalty_mask": 1 << 3,
            "legal_basis": "《演示条例》第一条",
            "basis_confidence": "SOURCED",
            "fields": {},
        }
        | more
    )


def changed(catalogue, **collections):
    """Return the catalogue with other entries in some collections."""
    return Catalogue.merged([catalogue.content.model_copy(update=collections)])


def told(decision):
    return [step.text for step in decision.steps]


class TestShown:
    def test_with_the_basis_first_and_the_marks_last(self, law):
        decision = decide(record=penalty(), on_date=TODAY, law=law)
        assert (decision.shown, decision.end, decision.term.first_repair_date) == (True, date(2027, 5, 6), date(2026, 8, 6))
        assert (decision.term.severity, decision.term.severity_confidence) == (Severity.GENERAL, Confidence.PROVISIONAL)
        assert decision.term.rule_versions
        assert all(version.startswith("R") for version in decision.term.rule_versions)
        texts = told(decision)
        assert texts[0] == "属于目录项“行政处罚”，入库时的依据是：《演示条例》第一条。"
        assert (decision.steps[0].reference, decision.steps[0].confidence) == ("《演示条例》第一条", Confidence.SOURCED)
        assert texts[1] == "决定日期是2026年5月6日。"
        assert texts[-1] == "没有撤销、撤回、修复、移出、暂停、异议标记。"

    def test_through_the_last_day(self, law):
        record = penalty()
        assert decide(record=record, on_date=date(2027, 5, 5), law=law).shown
        past = decide(record=record, on_date=date(2027, 5, 6), law=law)
        assert (past.shown, past.end) == (False, date(2027, 5, 6))

    def test_from_the_decision_date_on(self, law):
        record = penalty()
        assert decide(record=record, on_date=date(2026, 5, 6), law=law).shown
        early = decide(record=record, on_date=date(2026, 5, 5), law=law)
        assert (early.shown, told(early)[1]) == (False, "决定日期2026年5月6日还没有到，不公示。")

    def test_a_dispute_is_told_with_its_days(self, law):
        record = penalty(disputed_since=date(2026, 5, 20), disputed_until=date(2026, 6, 1))
        decision = decide(record=record, on_date=TODAY, law=law)
        assert decision.shown
        assert told(decision)[-1] == (
            "有异议，核查中：2026年5月20日提出，最迟核查到2026年6月1日；核查期间带着异议标注公示，到期查不清的停止公示。"
        )
        assert (decision.steps[-1].reference, decision.steps[-1].confidence) == (
            "平台从严处理，法规只要求注明",
            Confidence.PROVISIONAL,
        )

    @pytest.mark.parametrize("half", [{"disputed_since": date(2026, 5, 20)}, {"disputed_until": date(2026, 6, 1)}])
    def test_half_a_dispute_is_none(self, law, half):
        assert told(decide(record=penalty(**half), on_date=TODAY, law=law))[-1].startswith("没有撤销")

    def test_a_mark_is_told_instead_of_no_marks(self, law):
        decision = decide(record=penalty(held=True), on_date=TODAY, law=law)
        assert (decision.shown, decision.end) == (False, date(2027, 5, 6))
        assert told(decision)[-1] == "这条信息正在核对，暂停公示。"
        assert not any("没有撤销" in text for text in told(decision))


class TestUnknown:
    """What is not known is told before the term, and nothing unknown is shown."""

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ({"item_id": "家庭成员"}, "现行目录里没有这个向社会公开的信息项，不公示。"),
            ({"item_id": "revocation", "penalty_mask": 0}, "现行目录里没有这个向社会公开的信息项，不公示。"),
            (
                {"organ_code": UNKNOWN_ORGAN},
                f"目录里没有作出决定的机关（{UNKNOWN_ORGAN}），不能确定适用哪一部规定，不公示。",
            ),
            ({"penalty_mask": 0}, "没有处罚类别，不能确定失信程度，不公示。"),
            (
                {"item_id": "credit_commitment", "fields": {"commitment_disclosure": "特定范围内公开"}},
                "公开类型不是“可向社会公开”，不公示。",
            ),
            ({"item_id": "credit_commitment"}, "公开类型不是“可向社会公开”，不公示。"),
        ],
    )
    def test_is_told(self, law, row, words):
        decision = decide(record=penalty(**row), on_date=TODAY, law=law)
        assert (decision.shown, told(decision)[1]) == (False, words)
        assert (decision.steps[1].reference, decision.steps[1].confidence) == ("", None)

    def test_an_unknown_item_is_named_by_its_id(self, law):
        decision = decide(record=penalty(item_id="家庭成员"), on_date=TODAY, law=law)
        assert told(decision)[0].startswith("属于目录项“家庭成员”")
        assert (decision.end, decision.term.severity, decision.term.rule_versions) == (None, None, ())

    def test_all_that_is_unknown_is_told(self, law):
        decision = decide(record=penalty(penalty_mask=0, organ_code=UNKNOWN_ORGAN), on_date=date(2026, 5, 1), law=law)
        assert [text for text in told(decision) if text.endswith("不公示。")][:3] == [
            f"目录里没有作出决定的机关（{UNKNOWN_ORGAN}），不能确定适用哪一部规定，不公示。",
            "没有处罚类别，不能确定失信程度，不公示。",
            "决定日期2026年5月6日还没有到，不公示。",
        ]

    def test_what_is_not_adverse_needs_no_known_organ_and_no_kind(self, law):
        record = penalty(item_id="administrative_licence", organ_code=UNKNOWN_ORGAN, penalty_mask=0)
        assert decide(record=record, on_date=TODAY, law=law).shown

    def test_a_list_that_is_not_for_the_public(self, law):
        catalogue = law.catalogue
        entry = penalty(item_id="serious_list_entry", list_type="B01", penalty_mask=0)
        assert decide(record=entry, on_date=TODAY, law=law).shown
        for change in ({"disclosure": ItemDisclosure.SHARED}, {"nature": ListNature.WATCH}):
            lists = tuple(spec.model_copy(update=change) if spec.id == "B01" else spec for spec in catalogue.list_types)
            closed = DisplayLaw(catalogue=changed(catalogue, list_types=lists), book=law.book)
            assert "B01" in closed.private_lists
            decision = decide(record=entry, on_date=TODAY, law=closed)
            assert (decision.shown, told(decision)[1]) == (False, "这份名单不向社会公开，不公示。")
        assert "B01" not in law.private_lists

    @pytest.mark.parametrize("said", ["可向社会公开", "PUBLIC"])
    def test_a_commitment_whose_maker_agreed(self, law, said):
        record = penalty(item_id="credit_commitment", penalty_mask=0, fields={"commitment_disclosure": said})
        assert decide(record=record, on_date=TODAY, law=law).shown


def test_every_fact_of_the_record_counts(law):
    record = penalty(
        display_from=date(2026, 5, 10),
        valid_to=date(2027, 1, 1),
        list_type="B01",
        statutory_until=date(2027, 2, 2),
        penalty_mask=(1 << 3) | 1,
        on_the_spot=True,
        fine_fen=12345,
    )
    sectors = next(organ.sectors for organ in catalogue_current().organs if organ.code == record.organ_code)
    assert facts_of(record=record, law=law) == DisplayFacts(
        item_id="administrative_penalty",
        decision_date=date(2026, 5, 6),
        display_from=date(2026, 5, 10),
        valid_to=date(2027, 1, 1),
        list_type="B01",
        statutory_until=date(2027, 2, 2),
        penalty_kinds=frozenset({"3", "99"}),
        on_the_spot=True,
        fine_fen=12345,
        sectors=frozenset(sectors),
    )
    assert facts_of(record=penalty(organ_code=UNKNOWN_ORGAN), law=law).sectors == frozenset()


class TestLaw:
    """What of the catalogue decides displays."""

    def test_public_items_without_acts(self, law):
        acts = {item.id for item in law.catalogue.items if item.kind == "ACT"}
        assert acts
        assert acts.isdisjoint(law.items)
        assert set(law.items) == {item.id for item in law.catalogue.items if item.disclosure == "PUBLIC" and item.kind != "ACT"}
        shared = tuple(
            item.model_copy(update={"disclosure": ItemDisclosure.SHARED}) if item.id == "honour" else item
            for item in law.catalogue.items
        )
        assert "honour" in law.items
        assert "honour" not in DisplayLaw(catalogue=changed(law.catalogue, items=shared), book=law.book).items

    def test_an_act_is_not_shown_whatever_its_disclosure_says(self, law):
        acts = {item.id for item in law.catalogue.items if item.kind == "ACT"}
        opened = tuple(
            item.model_copy(update={"disclosure": ItemDisclosure.PUBLIC}) if item.id in acts else item
            for item in law.catalogue.items
        )
        assert acts.isdisjoint(DisplayLaw(catalogue=changed(law.catalogue, items=opened), book=law.book).items)

    def test_organs_by_sector(self, law):
        market, tax = law.organs_of(frozenset({"market_supervision"})), law.organs_of(frozenset({"tax"}))
        assert organ_code() in market
        assert law.organs_of(frozenset({"market_supervision", "tax"})) == market | tax
        assert law.organs_of(frozenset()) == frozenset()
        assert market < law.organ_codes
        assert "market_supervision" in law.sectors_of(organ_code())
        assert law.sectors_of(UNKNOWN_ORGAN) == frozenset()

    def test_adverse_and_penalty_items(self, law):
        assert {"administrative_penalty", "serious_list_entry"} <= law.adverse_items
        assert "administrative_licence" not in law.adverse_items
        assert law.penalty_items == {"administrative_penalty"}

    def test_items_whose_subject_says_how_far(self, law):
        assert set(law.declared_public) == {"credit_commitment"}
        name, texts = law.declared_public["credit_commitment"]
        assert name == "commitment_disclosure"
        assert "PUBLIC" in texts
        assert "可向社会公开" in texts

    def test_is_worked_out_once_per_catalogue(self, law):
        assert law_current() is law
        assert law_current(law.catalogue) is law
        others = [changed(law.catalogue, sectors=law.catalogue.sectors[:n]) for n in range(6)]
        laws = [law_current(other) for other in others]
        assert [one.catalogue for one in laws] == others
        assert [one.book.catalogue_hash for one in laws] == [other.hash for other in others]
        assert law_current(others[-1]) is laws[-1]
        assert law_current().catalogue.hash == law.catalogue.hash
