"""Whether one record is shown on one day, with the reasons: the plain-Python twin of the SQL in ``displays``."""

from datetime import date

from xinheng.catalogue.domain import Confidence
from xinheng.kernel.dates import chinese_date
from xinheng.publicity.domain import Decision, marks_against
from xinheng.publicity.selectors.law import DisplayLaw
from xinheng.records.models import VersionColumns
from xinheng.rules.domain import DisplayFacts, DisplayTerm, ExplainStep, mask_to_kinds
from xinheng.rules.domain.display import display_term


def decide(*, record: VersionColumns, on_date: date, law: DisplayLaw) -> Decision:
    """Return whether ``record`` is shown on ``on_date`` (Asia/Shanghai day), until when, and why.

    Shown only if the item is public, everything that its display depends on is known, its term runs, and no mark stops
    it. Who is asking (a sole trader's record found by name or code, P2) is the door's to say.
    Source: ADR 0005; protections.md P1, P8, P9.
    """
    steps = [_basis(record, law)]
    unknown = _unknown(record, on_date, law)
    steps += unknown
    term = _term(record, on_date, law)
    steps += term.steps
    against = marks_against(record=record, on_date=on_date)
    steps += against or (_no_marks(record),)
    return Decision(
        shown=term.is_shown_on(on_date) and not unknown and not against,
        term=term,
        steps=tuple(steps),
    )


def facts_of(*, record: VersionColumns, law: DisplayLaw) -> DisplayFacts:
    """Return what the record says that its display term depends on."""
    return DisplayFacts(
        item_id=record.item_id,
        decision_date=record.decision_date,
        display_from=record.display_from,
        valid_to=record.valid_to,
        list_type=record.list_type,
        statutory_until=record.statutory_until,
        penalty_kinds=mask_to_kinds(record.penalty_mask),
        on_the_spot=record.on_the_spot,
        fine_fen=record.fine_fen,
        sectors=law.sectors_of(record.organ_code),
    )


def _term(record: VersionColumns, on_date: date, law: DisplayLaw) -> DisplayTerm:
    book = law.book
    facts = facts_of(record=record, law=law)
    return display_term(facts=facts, on_date=on_date, rules=book.display_rules, regimes=book.regimes, lists=book.lists)


def _basis(record: VersionColumns, law: DisplayLaw) -> ExplainStep:
    item = law.items.get(record.item_id)
    title = item.title if item is not None else record.item_id
    return ExplainStep(
        text=f"属于目录项“{title}”，入库时的依据是：{record.legal_basis}。",
        reference=record.legal_basis,
        confidence=Confidence(record.basis_confidence),
    )


def _unknown(record: VersionColumns, on_date: date, law: DisplayLaw) -> list[ExplainStep]:
    """Return what is not known or not public about the record; whatever is unknown is not shown."""
    texts = []
    if record.item_id not in law.items:
        texts.append("现行目录里没有这个向社会公开的信息项，不公示。")
    if record.item_id in law.adverse_items and record.organ_code not in law.organ_codes:
        texts.append(f"目录里没有作出决定的机关（{record.organ_code}），不能确定适用哪一部规定，不公示。")
    if record.item_id in law.penalty_items and not record.penalty_mask:
        texts.append("没有处罚类别，不能确定失信程度，不公示。")
    if record.list_type is not None and record.list_type in law.private_lists:
        texts.append("这份名单不向社会公开，不公示。")
    name, public = law.declared_public.get(record.item_id, ("", ()))
    if name and record.fields.get(name) not in public:
        texts.append("公开类型不是“可向社会公开”，不公示。")
    if record.decision_date > on_date:
        texts.append(f"决定日期{chinese_date(record.decision_date)}还没有到，不公示。")
    return [ExplainStep(text=text) for text in texts]


def _no_marks(record: VersionColumns) -> ExplainStep:
    if record.disputed_since is None or record.disputed_until is None:
        return ExplainStep(text="没有撤销、撤回、修复、移出、暂停、异议标记。")
    return ExplainStep(
        text=f"有异议，核查中：{chinese_date(record.disputed_since)}提出，最迟核查到{chinese_date(record.disputed_until)}；"
        "核查期间带着异议标注公示，到期查不清的停止公示。",
        reference="平台从严处理，法规只要求注明",
        confidence=Confidence.PROVISIONAL,
    )
