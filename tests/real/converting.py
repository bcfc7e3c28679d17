"""Map published reports into the columns of the national templates: as they are, or with the gaps filled.

Nothing of the real files is kept: what this makes lives in a test's own folder. Fillings are invented (（演示） or codes of
``xinheng.synth``) and never claim to be the real organisation's.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from xinheng.catalogue.domain import Item, Organ
from xinheng.kernel.dates import parse_date
from xinheng.kernel.money import fen_to_wan
from xinheng.kernel.text import name_key
from xinheng.subjects.domain import uscc_is_valid
from xinheng.synth.domain import codes

FIRST_SERIAL = 20_000_000
KINDS = {
    "吊销许可证": "吊销许可证件",
    "禁止从业": "限制从业",
    "责令改正": "其他-责令改正",
    "取消任职资格": "其他-取消任职资格",
    "其他": "其他",
}
PENALTY_SOURCES = {
    "subject_name": "当事人名称",
    "violation_kind": "主要违法违规事实",
    "facts": "主要违法违规事实",
    "legal_ground": "行政处罚依据",
    "content": "行政处罚内容",
    "decision_date": "作出决定时间",
    "organ_name": "作出决定机关",
    "source_organ_name": "作出决定机关",
}
_NUMBER_IN_TITLE = r"[（(]([^（）()]*[〔\[【﹝]\d{4}[〕\]】﹞][^（）()]*号)[)）]"


def penalties(path: Path) -> pl.DataFrame:
    """Return the financial penalties by field name, one row for each published row, nothing added."""
    raw = pl.read_csv(path, infer_schema_length=0).with_columns(pl.all().fill_null(""))
    kinds = [";".join(KINDS.get(kind, kind) for kind in cell.split("、") if kind) for cell in raw["处罚类型"]]
    return raw.select(
        **{name: pl.col(source) for name, source in PENALTY_SOURCES.items()},
        subject_category=pl.lit("法人及非法人组织"),
        document_no=pl.col("文档标题").str.extract(_NUMBER_IN_TITLE, 1).fill_null(pl.col("文档标题")),
        penalty_kinds=pl.Series(kinds, dtype=pl.String),
        fine=pl.Series([_wan(cell) for cell in raw["罚款金额(元)"]], dtype=pl.String),
        _published=pl.col("发布日期").str.slice(0, 10),
    )


def licences(path: Path) -> pl.DataFrame:
    """Return the cosmetics licences by field name, nothing added; ``xkDate`` is valid-to, ``xkDateStr`` the issue date."""
    raw = pl.DataFrame(json.loads(path.read_text(encoding="utf-8")))
    return raw.select(
        subject_name=pl.col("epsName").str.replace_all(r"\s+", ""),
        subject_category=pl.lit("法人及非法人组织"),
        uscc="businessLicenseNumber",
        certificate_name=pl.lit("化妆品生产许可证"),
        certificate_no="productSn",
        content="certStr",
        decision_date="xkDateStr",
        valid_from="xkDateStr",
        valid_to="xkDate",
        organ_name="rcManagerDepartName",
        source_organ_name="rcManagerDepartName",
    )


def invented_codes(keys: Sequence[str], *, prefix: str, first: int) -> dict[str, str]:
    """Return an invented code for every distinct key."""
    distinct = list(dict.fromkeys(keys))
    organisation = codes.organisation_codes(serials=np.arange(first, first + len(distinct), dtype=np.int64))
    prefixes = pl.Series([prefix] * len(distinct))
    return dict(zip(distinct, codes.social_credit_codes(prefixes=prefixes, organisation=organisation), strict=True))


def penalties_filled(rows: pl.DataFrame, *, organ: Organ) -> pl.DataFrame:
    """Return the penalties with every gap filled by invented values, and a code for every party.

    ``organ`` stands for all the deciding organs: what an organ outside the catalogue decided is kept and not shown.
    """
    parties = invented_codes([name_key(name) for name in rows["subject_name"]], prefix="91", first=FIRST_SERIAL)
    days = [
        parse_date(written) or parse_date(published)
        for written, published in rows.select("decision_date", "_published").iter_rows()
    ]
    fined = [
        ";".join([kind for kind in kinds.split(";") if kind and kind != "其他"] or ["罚款"]) for kinds in rows["penalty_kinds"]
    ]
    kinds = pl.Series(fined)
    money = kinds.str.contains("罚款")
    filled = rows.with_columns(
        uscc=pl.Series([parties[name_key(name)] for name in rows["subject_name"]]),
        organ_name=pl.lit(organ.name),
        source_organ_name=pl.lit(organ.name),
        organ_code=pl.lit(organ.code),
        source_organ_code=pl.lit(organ.code),
        legal_representative=pl.lit("演某某"),
        # One title often announces several decisions; each needs a number of its own.
        document_no=pl.format("演金罚决字〔2025〕{}号", pl.int_range(1, pl.len() + 1)),
        violation_kind=_or("violation_kind", "违反审慎经营规则（演示）"),
        facts=_or("facts", "见决定书（演示）"),
        legal_ground=_or("legal_ground", "见决定书载明的依据（演示）"),
        content=_or("content", "见决定书（演示）"),
        penalty_kinds=kinds,
        fine=pl.when(money).then(_or("fine", "1")).otherwise(pl.lit("")),
        confiscation=pl.when(kinds.str.contains("没收")).then(pl.lit("1")).otherwise(pl.lit("")),
        revoked_licence=pl.when(kinds.str.contains("吊销")).then(pl.lit("许可证（演示）")).otherwise(pl.lit("")),
        decision_date=pl.Series([day.isoformat() if day else "" for day in days]),
    )
    return filled.with_columns(
        valid_to=pl.col("decision_date").str.to_date(strict=False).dt.offset_by("1y").dt.strftime("%Y-%m-%d")
    )


def licences_filled(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the licences with every gap filled; a wrong code stays wrong."""
    organs = invented_codes(rows["organ_name"].to_list(), prefix="11", first=FIRST_SERIAL + FIRST_SERIAL // 10)
    return rows.with_columns(
        subject_category=pl.when(pl.col("uscc").str.starts_with("92"))
        .then(pl.lit("个体工商户"))
        .otherwise(pl.lit("法人及非法人组织")),
        legal_representative=pl.lit("演某某"),
        document_name=pl.lit("准予行政许可决定书"),
        document_no=pl.format("演妆许字〔2019〕{}号", pl.int_range(1, pl.len() + 1)),
        licence_category=pl.lit("普通"),
        organ_code=pl.Series([organs[name] for name in rows["organ_name"]]),
        source_organ_code=pl.Series([organs[name] for name in rows["organ_name"]]),
        state=pl.lit("1"),
    )


def register_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the named parties as a register: one row for each valid code, with the first name it bears."""
    valid = pl.Series([uscc_is_valid(code) for code in rows["uscc"]], dtype=pl.Boolean)
    parties = rows.filter(valid).unique("uscc", keep="first", maintain_order=True)
    return parties.select(名称="subject_name", 统一社会信用代码="uscc")


def template_write(rows: pl.DataFrame, *, item: Item, path: Path) -> Path:
    """Write rows under the headings of the national template, all its columns in order."""
    columns = [(pl.col(field.name) if field.name in rows.columns else pl.lit("")).alias(field.title) for field in item.fields]
    rows.select(columns).write_csv(path, include_bom=True)
    return path


def _wan(yuan: str) -> str:
    """Return yuan as 万元 with six decimals; nothing for nothing or 0."""
    fen = int(Decimal(yuan) * 100) if yuan else 0
    return fen_to_wan(fen) if fen > 0 else ""


def _or(name: str, filling: str) -> pl.Expr:
    return pl.when(pl.col(name) == "").then(pl.lit(filling)).otherwise(pl.col(name))
