"""Clean records of every item as columns named like the catalogue's fields (未污染的记录).

Besides the fields each frame has ``_subject`` (the expected subject's code), ``_legacy`` (from an old site, never late),
``_kinds`` (penalty kinds as E2 codes joined by ``;``), ``_decided`` (the day), ``_organ`` (index in the order's organs),
``_renamed``, ``_irregular`` and ``_is_homonym``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from xinheng.catalogue.domain import Organ
from xinheng.kernel.dates import LONG_TERM
from xinheng.synth.domain import words
from xinheng.synth.domain.draws import Draws, pick

ISO = "%Y-%m-%d"
LEGACY_SHARE = 0.7
LEGACY_DAYS = (30, 1_400)
CURRENT_DAYS = (1, 7)
LONG_TERM_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to make: ``count`` rows of one item; ``number`` tells the portions of one item apart."""

    item_id: str
    count: int
    number: int
    seed: int
    on_date: date
    organs: Sequence[Organ]
    list_types: Sequence[tuple[str, str]] = ()

    @property
    def name(self) -> str:
        """Name of the portion's random stream."""
        return f"{self.item_id}:{self.number}"


PENALTIES: Sequence[tuple[str, str, float]] = (
    ("3", "罚款", 0.44),
    ("1", "警告", 0.10),
    ("1;3", "警告;罚款", 0.15),
    ("4;3", "没收违法所得;罚款", 0.08),
    ("2", "通报批评", 0.04),
    ("5;3", "没收非法财物;罚款", 0.04),
    ("6", "暂扣许可证件", 0.03),
    ("8", "吊销许可证件", 0.03),
    ("10;3", "责令停产停业;罚款", 0.04),
    ("7", "降低资质等级", 0.01),
    ("12", "限制从业", 0.02),
    ("99", "其他-责令限期改正", 0.02),
)
"""Codes, labels and shares of invented penalties (E2)."""


def records(*, order: Order, organisations: pl.DataFrame) -> pl.DataFrame:
    """Return the clean rows of ``order``; the same order gives the same rows.

    Raises:
        KeyError: the generator knows no item of that id.
    """
    draws = Draws(seed=order.seed, name=order.name)
    return _MAKERS[order.item_id](order, _common(order, draws, organisations), draws)


def _common(order: Order, draws: Draws, organisations: pl.DataFrame) -> pl.DataFrame:
    count = order.count
    # Squaring gives a few organisations many records and most of them few, as in life.
    chosen = (draws.generator.random(count) ** 2 * len(organisations)).astype(np.int64)
    subject = organisations.select(
        "uscc", "registration_no", "organisation_code", "kind", "change", "is_homonym", "irregular", "name"
    )[chosen]
    legacy = draws.chance(count, LEGACY_SHARE if order.item_id in _WITH_LEGACY else 0.0)
    days = np.where(
        legacy,
        LEGACY_DAYS[0] + draws.integers(count, below=LEGACY_DAYS[1] - LEGACY_DAYS[0]),
        CURRENT_DAYS[0] + draws.integers(count, below=CURRENT_DAYS[1] - CURRENT_DAYS[0]),
    )
    decided = np.datetime64(order.on_date) - days.astype("timedelta64[D]")
    organ = draws.integers(count, below=len(order.organs))
    organs = list(order.organs)
    return subject.select(
        _subject="uscc",
        _legacy=pl.Series(legacy),
        _organ=pl.Series(organ),
        _decided=pl.Series(decided).cast(pl.Date),
        _renamed=pl.col("change") == "renamed",
        _irregular="irregular",
        _is_homonym="is_homonym",
        _serial=pl.Series(np.arange(count) + order.number * 1_000_000 + 1),
        _prefix=pick([str(o.document_prefix or o.short_name) for o in organs], organ),
        _kinds=pl.lit(""),
        subject_name="name",
        subject_category=pl.when(pl.col("kind") == "92").then(pl.lit("个体工商户")).otherwise(pl.lit("法人及非法人组织")),
        uscc="uscc",
        registration_no="registration_no",
        organisation_code=pl.lit(""),
        _organisation_code="organisation_code",
        organ_name=pick([o.name for o in organs], organ),
        organ_code=pick([o.code for o in organs], organ),
        source_organ_name=pick([o.name for o in organs], organ),
        source_organ_code=pick([o.code for o in organs], organ),
        remark=pl.lit(""),
    ).with_columns(decision_date=pl.col("_decided").dt.strftime(ISO))


def _number(kind: str) -> pl.Expr:
    return pl.format("{}" + kind + "〔{}〕{}号", "_prefix", pl.col("_decided").dt.year(), "_serial")


def _with_person(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    return frame.with_columns(legal_representative=draws.of([f"{name}某某" for name in words.SURNAMES], len(frame)))


def _licences(order: Order, frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    count = order.count
    kind = draws.integers(count, below=len(words.LICENCE_KINDS))
    years = 1 + draws.integers(count, below=5)
    long_term = pl.Series(draws.chance(count, LONG_TERM_SHARE))
    return _with_person(frame, draws).with_columns(
        document_name=pl.lit("准予行政许可决定书"),
        document_no=_number("许字"),
        licence_category=pick([label for _, label, _, _ in words.LICENCE_KINDS], kind),
        certificate_name=pick([name for _, _, name, _ in words.LICENCE_KINDS], kind),
        certificate_no=pl.format("YS{}{}", pl.col("_decided").dt.year(), "_serial"),
        content=pick([content for _, _, _, content in words.LICENCE_KINDS], kind),
        valid_from=pl.col("decision_date"),
        valid_to=pl.when(long_term)
        .then(pl.lit(LONG_TERM.strftime(ISO)))
        .otherwise(
            pl.col("_decided").dt.offset_by(pl.concat_str(pl.Series(years).cast(pl.String), pl.lit("y"))).dt.strftime(ISO)
        ),
        state=pl.lit("1"),
    )


def _penalties(order: Order, frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    count = order.count
    kind = draws.indices(len(PENALTIES), count, weights=[share for _, _, share in PENALTIES])
    case = draws.integers(count, below=len(words.VIOLATIONS))
    # Whole hundreds of yuan: 1 is 100 yuan, so 万元 have two decimals.
    fine = (np.exp(draws.generator.normal(3.5, 1.4, count)).astype(np.int64) + 5).clip(5, 50_000)
    gain = (np.exp(draws.generator.normal(2.5, 1.2, count)).astype(np.int64) + 1).clip(1, 20_000)
    labels = [label for _, label, _ in PENALTIES]
    framed = _with_person(frame, draws).with_columns(
        _kinds=pick([codes for codes, _, _ in PENALTIES], kind),
        _fine=pl.Series(fine),
        _gain=pl.Series(gain),
        penalty_kinds=pick(labels, kind),
        violation_kind=pick([violation for violation, _, _ in words.VIOLATIONS], case),
        facts=pick([facts for _, facts, _ in words.VIOLATIONS], case),
        legal_ground=pick([ground for _, _, ground in words.VIOLATIONS], case),
        document_no=_number("罚字"),
    )
    fined = pl.col("penalty_kinds").str.contains("罚款")
    confiscated = pl.col("penalty_kinds").str.contains("没收")
    taken = pl.col("penalty_kinds").str.contains("暂扣|吊销")
    return framed.with_columns(
        fine=pl.when(fined).then((pl.col("_fine") / 100).round(2).cast(pl.String)).otherwise(pl.lit("")),
        confiscation=pl.when(confiscated).then((pl.col("_gain") / 100).round(2).cast(pl.String)).otherwise(pl.lit("")),
        revoked_licence=pl.when(taken).then(pl.format("食品经营许可证 YS{}", "_serial")).otherwise(pl.lit("")),
        content=pl.when(fined)
        .then(pl.format("{}，罚款人民币{}00元。", "penalty_kinds", "_fine"))
        .otherwise(pl.format("给予{}。", "penalty_kinds")),
        valid_to=pl.col("_decided").dt.offset_by("1y").dt.strftime(ISO),
        display_until=pl.lit(""),
    )


def _abnormal(order: Order, frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    reasons = ("未按照规定公示年度报告", "通过登记的住所或者经营场所无法联系", "公示信息隐瞒真实情况、弄虚作假")
    return frame.with_columns(
        list_type=pick([code for code, _ in order.list_types], draws.integers(order.count, below=len(order.list_types))),
        document_no=_number("异列字"),
        abnormal_reason=draws.of(reasons, order.count),
        statutory_until=pl.lit(""),
    )


def _serious(order: Order, frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    chosen = draws.integers(order.count, below=len(order.list_types))
    position = {organ.code: index for index, organ in enumerate(order.organs)}
    # A list has one lister: the organ follows from the list.
    organ = np.array([position[code] for _, code in order.list_types], dtype=np.int64)[chosen]
    organs = list(order.organs)
    names, codes = pick([o.name for o in organs], organ), pick([o.code for o in organs], organ)
    return frame.with_columns(
        list_type=pick([code for code, _ in order.list_types], chosen),
        organ_name=names,
        organ_code=codes,
        source_organ_name=names,
        source_organ_code=codes,
        _organ=pl.Series(organ),
        _prefix=pick([str(o.document_prefix or o.short_name) for o in organs], organ),
    ).with_columns(
        document_name=pl.lit("列入严重失信主体名单决定书"),
        document_no=_number("列字"),
        evidence_kind=pl.lit("行政处罚决定书"),
        evidence_no=_number("罚字"),
        reason=pl.lit("受到较重行政处罚，性质恶劣、情节严重、社会危害较大。"),
        legal_ground=pl.lit("见列入决定书载明的依据。"),
        notice_date=pl.col("_decided").dt.offset_by("-20d").dt.strftime(ISO),
        statement_received=pl.lit("未提出陈述申辩"),
        hearing=pl.lit("未申请听证"),
        service_date=pl.col("decision_date"),
        service_method=pl.lit("直接送达"),
        valid_from=pl.col("decision_date"),
        statutory_until=pl.col("_decided").dt.offset_by("1y").dt.strftime(ISO),
        earliest_exit=pl.lit(""),
        measures=pl.lit("纳入重点监管范围"),
    )


def _honours(order: Order, frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    return frame.with_columns(
        title=draws.of(words.HONOURS, order.count),
        level=pl.lit("县级"),
        document_name=pl.lit("表彰决定"),
        document_no=_number("表字"),
        content=pl.lit(""),
        valid_to=pl.col("_decided").dt.offset_by("3y").dt.strftime(ISO),
    )


def _commitments(order: Order, frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    return frame.with_columns(
        document_no=pl.format(
            "500236{}{}",
            pl.col("_decided").dt.strftime("%Y%m%d"),
            pl.col("_serial").mod(1_000_000).cast(pl.String).str.zfill(6),
        ),
        commitment_type=pl.lit("主动型"),
        reason=draws.of(words.COMMITMENT_REASONS, order.count),
        content=pl.lit("所填信息真实；按规定的条件和标准经营。"),
        breach_liability=pl.lit("承诺不实的，依法承担责任。"),
        valid_to=pl.col("_decided").dt.offset_by("1y").dt.strftime(ISO),
        fulfilment_state=pl.lit("全部履行"),
        unperformed_content=pl.lit(""),
        liability_pursued=pl.lit(""),
        fulfilment_date=pl.lit(""),
        fulfilment_organ_name=pl.lit(""),
        fulfilment_organ_code=pl.lit(""),
        commitment_disclosure=pl.lit("可向社会公开"),
    )


_WITH_LEGACY = frozenset({"administrative_licence", "administrative_penalty"})
_MAKERS: Mapping[str, Callable[[Order, pl.DataFrame, Draws], pl.DataFrame]] = {
    "administrative_licence": _licences,
    "administrative_penalty": _penalties,
    "abnormal_list_entry": _abnormal,
    "serious_list_entry": _serious,
    "honour": _honours,
    "credit_commitment": _commitments,
}
