"""The dirt that real files have (脏数据), each kind with what must become of its row.

The kinds are those listed in the data notes: brackets, full-width digits, O/0 and I/l/1, tails, ``_x000D_``, missing codes,
several amounts, 0-yuan fines, 不予行政处罚, OCR damage, natural persons. A row has at most one kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import polars as pl

from xinheng.synth.domain import codes, words
from xinheng.synth.domain.draws import Draws, pick

FULL_WIDTH = {chr(code): chr(code + 0xFEE0) for code in range(0x30, 0x5B) if chr(code).isalnum()}
BRACKETS = (("（", "）"), ("[", "]"), ("【", "】"), ("﹝", "﹞"))
SOCIAL_CODE = pl.col("uscc")
LATE_DAYS = 45
FUTURE_DAYS = 40


class Outcome(StrEnum):
    """What the platform must make of a row."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    DOUBTFUL = "doubtful"
    DUPLICATE = "duplicate"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dirt:
    """One kind of dirt: its share of rows, what it changes, where it can happen, and the outcome."""

    id: str
    share: float
    outcome: Outcome
    changes: Mapping[str, pl.Expr]
    where: pl.Expr = field(default_factory=lambda: pl.lit(value=True))
    needs: Sequence[str] = ()


def _blank(*names: str) -> dict[str, pl.Expr]:
    return {name: pl.lit("") for name in names}


def _bracketed(opening: str, closing: str, number: str = "") -> pl.Expr:
    text = pl.col("document_no").str.replace("〔", opening, literal=True)
    return text.str.replace("〕", f"{closing}{number}", literal=True)


def kinds_of_dirt(*, on_date: date) -> tuple[Dirt, ...]:
    """Return every kind of dirt; ``on_date`` is the day of reporting."""
    current, legacy = ~pl.col("_legacy"), pl.col("_legacy")
    fined = pl.col("penalty_kinds").str.contains("罚款")
    coded = pl.col("uscc").str.slice(8, 9).str.contains("[01]")
    future = (on_date + timedelta(days=FUTURE_DAYS)).isoformat()
    late = (on_date - timedelta(days=LATE_DAYS)).isoformat()
    accepted, returned, doubtful = Outcome.ACCEPTED, Outcome.RETURNED, Outcome.DOUBTFUL
    return (
        Dirt(id="full_width_code", share=0.01, outcome=accepted, changes={"uscc": SOCIAL_CODE.str.replace_many(FULL_WIDTH)}),
        Dirt(id="lower_case_code", share=0.01, outcome=accepted, changes={"uscc": SOCIAL_CODE.str.to_lowercase()}),
        Dirt(id="escaped_return", share=0.01, outcome=accepted, changes={"content": pl.col("content") + "_x000D_"}),
        Dirt(
            id="name_brackets",
            share=0.02,
            outcome=accepted,
            changes={"subject_name": pl.col("subject_name").str.replace("（演示）", "(演示)", literal=True)},
        ),
        *(
            Dirt(
                id=f"document_brackets_{number}",
                share=0.01,
                outcome=accepted,
                changes={"document_no": _bracketed(opening, closing, "第" if number % 2 else " ")},
            )
            for number, (opening, closing) in enumerate(BRACKETS)
        ),
        Dirt(
            id="blank_marks",
            share=0.03,
            outcome=accepted,
            changes={"remark": pl.lit("-"), "tax_no": pl.lit("空"), "institution_no": pl.lit("—")},
        ),
        Dirt(
            id="chinese_date",
            share=0.02,
            outcome=accepted,
            changes={"decision_date": pl.col("_decided").dt.strftime("%Y年%-m月%-d日")},
        ),
        Dirt(
            id="dotted_date",
            share=0.01,
            outcome=accepted,
            changes={"decision_date": pl.col("_decided").dt.strftime("%Y.%-m.%-d")},
        ),
        Dirt(
            id="registration_no_only",
            share=0.01,
            outcome=accepted,
            changes=_blank("uscc"),
            where=(pl.col("registration_no") != ""),
            needs=("registration_no",),
        ),
        Dirt(
            id="organisation_code_only",
            share=0.005,
            outcome=accepted,
            changes=_blank("uscc", "registration_no") | {"organisation_code": pl.col("_organisation_code")},
            needs=("organisation_code",),
        ),
        Dirt(
            id="name_only_legacy",
            share=0.01,
            outcome=accepted,
            changes=_blank("uscc", "registration_no"),
            where=legacy & ~pl.col("_is_homonym"),
        ),
        Dirt(
            id="homonym_legacy",
            share=0.8,
            outcome=doubtful,
            changes=_blank("uscc", "registration_no"),
            where=legacy & pl.col("_is_homonym"),
        ),
        Dirt(
            id="representative_document",
            share=0.005,
            outcome=accepted,
            changes={"legal_representative_document_no": pl.col("_person_id")},
            needs=("legal_representative",),
        ),
        Dirt(
            id="phone_in_text",
            share=0.004,
            outcome=accepted,
            changes={"facts": pl.col("facts") + "联系电话13800000000。"},
            needs=("facts",),
        ),
        Dirt(
            id="on_the_spot",
            share=0.01,
            outcome=accepted,
            changes={"document_no": pl.col("document_no").str.replace("罚字", "当场罚字", literal=True)},
            needs=("penalty_kinds",),
        ),
        Dirt(
            id="late",
            share=0.02,
            outcome=accepted,
            changes={
                "decision_date": pl.lit(late),
                "valid_from": pl.lit(late),
                "_decided": pl.lit(on_date - timedelta(days=LATE_DAYS)),
            },
            where=current,
            needs=("violation_kind",),
        ),
        Dirt(
            id="letter_o",
            share=0.006,
            outcome=returned,
            changes={"uscc": SOCIAL_CODE.str.replace("0", "O", literal=True)},
        ),
        Dirt(
            id="letter_l",
            share=0.005,
            outcome=returned,
            changes={"uscc": SOCIAL_CODE.str.slice(0, 8) + SOCIAL_CODE.str.slice(8).str.replace("1", "l", literal=True)},
            where=coded & SOCIAL_CODE.str.slice(8, 9).str.contains("1"),
        ),
        Dirt(id="code_tail", share=0.006, outcome=returned, changes={"uscc": SOCIAL_CODE + "（1-1）"}),
        Dirt(
            id="wrong_check",
            share=0.006,
            outcome=returned,
            changes={"uscc": pl.col("_spoiled")},
            where=~pl.col("_irregular"),
        ),
        Dirt(
            id="no_code",
            share=0.006,
            outcome=returned,
            changes=_blank("uscc", "registration_no"),
            where=current,
        ),
        Dirt(id="no_document_no", share=0.004, outcome=returned, changes=_blank("document_no")),
        Dirt(id="future_date", share=0.004, outcome=returned, changes={"decision_date": pl.lit(future)}),
        Dirt(id="year_0999", share=0.002, outcome=returned, changes={"decision_date": pl.lit("0999-05-06")}),
        Dirt(id="year_9999", share=0.002, outcome=returned, changes={"decision_date": pl.lit("9999-12-31")}),
        Dirt(id="no_such_day", share=0.002, outcome=returned, changes={"decision_date": pl.lit("2026-02-30")}),
        Dirt(
            id="wrong_category",
            share=0.004,
            outcome=returned,
            changes={
                "subject_category": pl.when(SOCIAL_CODE.str.starts_with("92"))
                .then(pl.lit("法人及非法人组织"))
                .otherwise(pl.lit("个体工商户"))
            },
        ),
        Dirt(
            id="validity_reversed",
            share=0.004,
            outcome=returned,
            changes={"valid_to": pl.col("_decided").dt.offset_by("-1y").dt.strftime("%Y-%m-%d")},
            needs=("certificate_no",),
        ),
        Dirt(id="fine_missing", share=0.01, outcome=returned, changes=_blank("fine"), where=fined, needs=("fine",)),
        Dirt(id="fine_zero", share=0.006, outcome=returned, changes={"fine": pl.lit("0")}, where=fined, needs=("fine",)),
        Dirt(
            id="several_amounts",
            share=0.006,
            outcome=returned,
            changes={"fine": pl.col("fine") + "；" + pl.col("fine")},
            where=fined,
            needs=("fine",),
        ),
        Dirt(
            id="chinese_amount",
            share=0.006,
            outcome=returned,
            changes={"fine": pl.lit("壹万伍仟元整")},
            where=fined,
            needs=("fine",),
        ),
        Dirt(
            id="not_punished",
            share=0.008,
            outcome=returned,
            changes={"penalty_kinds": pl.lit("不予行政处罚"), "content": pl.lit("不予行政处罚。")}
            | _blank("fine", "confiscation"),
            needs=("penalty_kinds",),
        ),
        Dirt(
            id="other_unexplained",
            share=0.004,
            outcome=returned,
            changes={"penalty_kinds": pl.lit("其他")} | _blank("fine", "confiscation", "revoked_licence"),
            needs=("penalty_kinds",),
        ),
        Dirt(
            id="person_id_in_company_column",
            share=0.003,
            outcome=returned,
            changes={"uscc": pl.col("_person_id")},
        ),
        Dirt(
            id="natural_person",
            share=0.008,
            outcome=Outcome.PERSON,
            changes={
                "subject_name": pl.lit("演某某"),
                "subject_category": pl.lit("自然人"),
                "person_document_type": pl.lit("身份证"),
                "person_document_no": pl.col("_person_id"),
            }
            | _blank("uscc", "registration_no", "legal_representative"),
            needs=("violation_kind",),
        ),
        Dirt(
            id="other_name",
            share=0.006,
            outcome=doubtful,
            changes={"subject_name": pl.col("_other_name")},
            where=pl.col("_other_name") != pl.col("subject_name"),
        ),
        Dirt(
            # The code is right and one character was misread: taken, and told.
            id="misread_name",
            share=0.004,
            outcome=accepted,
            changes={"subject_name": pl.col("subject_name").str.replace("有限公司", "有眼公司", literal=True)},
            where=pl.col("subject_name").str.contains("有限公司"),
        ),
        Dirt(
            id="not_registered",
            share=0.008,
            outcome=doubtful,
            changes={
                "uscc": pl.col("_stranger_uscc"),
                "subject_name": pl.col("_stranger_name"),
                "subject_category": pl.col("_stranger_category"),
            }
            | _blank("registration_no"),
        ),
    )


def with_material(*, frame: pl.DataFrame, unregistered: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return ``frame`` with what the dirt is made of: strangers, other names, person IDs, spoiled codes."""
    count = len(frame)
    stranger = pl.Series(draws.integers(count, below=len(unregistered)))
    return frame.with_columns(
        _stranger_uscc=unregistered["uscc"].gather(stranger),
        _stranger_name=unregistered["name"].gather(stranger),
        _stranger_category=pl.when(unregistered["kind"].gather(stranger) == "92")
        .then(pl.lit("个体工商户"))
        .otherwise(pl.lit("法人及非法人组织")),
        _other_name=pl.col("subject_name").shift(1, fill_value=f"三峡库区别家商行{words.DEMO_MARK}"),
        _person_id=codes.resident_ids(serials=np.arange(count) + draws.integers(1, below=10_000)),
        _spoiled=codes.spoiled_check(codes=frame["uscc"]),
    )


def soil(*, frame: pl.DataFrame, kinds: Sequence[Dirt], draws: Draws) -> pl.DataFrame:
    """Return ``frame`` with dirt and two more columns: ``_dirt`` (``""`` for clean) and ``_outcome``.

    A row drawn for a kind that cannot happen to it stays clean. Columns that the frame lacks are made where a kind
    fills them, so that a national column nobody uses is filled in a few rows, as in life.
    """
    possible = [kind for kind in kinds if all(name in frame.columns for name in kind.needs)]
    fillable = {name for kind in possible for name in kind.changes} - set(frame.columns)
    frame = frame.with_columns(**{name: pl.lit("") for name in sorted(fillable)})
    assigned = np.zeros(len(frame), dtype=np.int64)
    for number, kind in enumerate(possible, start=1):
        can = frame.select(pl.lit(value=True).and_(kind.where).alias("can")).to_series()
        possible_here = np.broadcast_to(can.to_numpy(), len(frame))
        drawn = draws.chance(len(frame), kind.share) & possible_here & (assigned == 0)
        assigned[drawn] = number
    ids = ["", *(kind.id for kind in possible)]
    outcomes = [Outcome.ACCEPTED.value, *(kind.outcome.value for kind in possible)]
    frame = frame.with_columns(_dirt=pick(ids, assigned), _outcome=pick(outcomes, assigned))
    changes: dict[str, pl.Expr] = {}
    for kind in possible:
        for name, value in kind.changes.items():
            before = changes.get(name, pl.col(name))
            changes[name] = pl.when(pl.col("_dirt") == kind.id).then(value).otherwise(before)
    return frame.with_columns(**changes)
