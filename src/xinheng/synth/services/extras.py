"""What comes after the first files: a file of former names, acts on records, and files that must be refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from xinheng.catalogue.domain import Catalogue, Organ
from xinheng.synth.domain.dirt import Outcome
from xinheng.synth.domain.organisations import County
from xinheng.synth.domain.records import Order, records
from xinheng.synth.services.files import FileFormat, Layout, table_write
from xinheng.synth.services.report import SynthFile
from xinheng.synth.services.truth import truth_rows, with_truth

ACTS_OF_EACH = 5
ACT_DAYS_AGO = 1
LATER_SEED = 1_000_003
FOLDER_OF_ACTS = "撤销修复移出"
FOLDER_OF_REFUSED = "应当拒收"
# The penalty columns of the 2015 standard (standards.md §3.6), which is refused by name.
OLD_TEMPLATE = (
    ("CF_WSH", ["奉演罚字〔2015〕1号"]),
    ("CF_CFMC", ["无证经营"]),
    ("CF_CFLB1", ["罚款"]),
    ("CF_CFLB2", [""]),
    ("CF_SY", ["未取得许可从事经营活动"]),
    ("CF_YJ", ["见决定书"]),
    ("CF_XDR_MC", ["奉节县旧模板商行（演示）"]),
    ("CF_JG", ["罚款人民币1000元"]),
    ("CF_JDRQ", ["2015-06-01"]),
    ("CF_XZJG", ["奉节县市场监督管理局"]),
    ("CF_ZT", ["0"]),
    ("DFBM", ["500236"]),
    ("SJC", ["2015-06-02"]),
    ("BZ", [""]),
)
_CELLS = ("document_no", "organ_name", "organ_code", "subject_name", "uscc", "list_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """The file of the second wave: to be sent after the register's delta."""

    file: SynthFile
    truth: pl.DataFrame


def later_write(*, out: Path, county: County, on_date: date, catalogue: Catalogue, organs: Sequence[Organ]) -> Later:
    """Write licences of renamed organisations under their former names, half of them without any code.

    The decisions are older than the renaming, so the former name was right on the decision date.
    """
    item = catalogue.item("administrative_licence")
    organ = organs[0]
    renamed = county.organisations.filter((pl.col("change") == "renamed") & ~pl.col("irregular") & ~pl.col("is_homonym"))
    count = renamed.height
    order = Order(item_id=item.id, count=count * 4, number=9_999, seed=LATER_SEED, on_date=on_date, organs=[organ])
    frame = records(order=order, organisations=renamed).filter(pl.col("_legacy")).head(count)
    without_code = pl.Series(np.arange(frame.height) % 2 == 1)
    frame = frame.with_columns(
        uscc=pl.when(without_code).then(pl.lit("")).otherwise("uscc"),
        registration_no=pl.lit(""),
        _dirt=pl.when(without_code).then(pl.lit("former_name_only")).otherwise(pl.lit("former_name")),
        _outcome=pl.lit(Outcome.ACCEPTED.value),
    )
    frame = with_truth(frame=frame, item_id=item.id, organs=[organ], on_date=on_date, catalogue=catalogue)
    path = out / "部门报送" / organ.short_name / f"{item.title}_登记库变动后补报.csv"
    headed = frame.select([pl.col(column.name).alias(column.title) for column in item.fields if column.name in frame.columns])
    first = table_write(path=path, frame=headed, layout=Layout(format=FileFormat.CSV_UTF8_BOM), title="", sheet="")
    name = path.relative_to(out).as_posix()
    truth = truth_rows(frame=frame, file=name, sheet="", first_row=first, item_id=item.id, organ_code=organ.code, wave=2)
    file = SynthFile(
        path=name,
        item_id=item.id,
        organ_code=organ.code,
        is_legacy=True,
        wave=2,
        rows=frame.height,
        counts={Outcome.ACCEPTED.value: frame.height, "shown": int(truth["shown"].sum()), "late": 0},
    )
    return Later(file=file, truth=truth)


def targets_of(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what an act must name of some clean, shown rows of one file: number, organ, party, list."""
    chosen = frame.filter(pl.col("_shown") & (pl.col("_outcome") == Outcome.ACCEPTED.value) & (pl.col("_dirt") == ""))
    return chosen.select([name for name in _CELLS if name in frame.columns]).head(2 * ACTS_OF_EACH)


def acts_write(
    *, out: Path, targets: Mapping[str, pl.DataFrame], on_date: date, catalogue: Catalogue
) -> list[Mapping[str, object]]:
    """Write revocations and repairs of penalties and removals from lists; each file's last row means no known record.

    ``targets``: by item the rows that :func:`targets_of` chose.
    """
    nothing = pl.DataFrame()
    penalties = targets.get("administrative_penalty", nothing)
    entries = targets.get("abnormal_list_entry", nothing)
    day = (on_date - timedelta(days=ACT_DAYS_AGO)).isoformat()
    plans = (
        ("revocation", penalties.head(ACTS_OF_EACH), {"act_kind": "撤销", "ground": "行政复议决定撤销原处罚决定"}),
        ("repair_result", penalties.tail(-ACTS_OF_EACH), {"ground": "已履行义务、公开作出信用承诺，准予修复"}),
        ("list_removal", entries.head(ACTS_OF_EACH), {"act_kind": "提前移出", "ground": "已改正，准予移出"}),
    )
    written: list[Mapping[str, object]] = []
    for item_id, chosen, words in plans:
        if not chosen.height:
            continue
        item = catalogue.item(item_id)
        unknown = chosen.head(1).with_columns(document_no=pl.lit("奉演罚字〔2020〕0号"))
        frame = pl.concat([chosen, unknown]).with_columns(
            target_item=pl.lit("行政处罚"),
            act_document_no=pl.format("奉演复〔{}〕{}号", pl.lit(on_date.year), pl.int_range(1, pl.len() + 1)),
            act_organ_name=pl.col("organ_name"),
            event_date=pl.lit(day),
            **{name: pl.lit(value) for name, value in words.items()},
        )
        path = out / FOLDER_OF_ACTS / f"{item.template_title}.xlsx"
        fields = [column for column in item.fields if column.name in frame.columns]
        headed = frame.select([pl.col(column.name).alias(column.title) for column in fields])
        table_write(path=path, frame=headed, layout=Layout(format=FileFormat.XLSX), title="", sheet=item.template_title)
        written.append(
            {
                "path": path.relative_to(out).as_posix(),
                "item_id": item_id,
                "organ_code": chosen["organ_code"][0],
                "targets": chosen["document_no"].to_list(),
                "unknown": 1,
            }
        )
    return written


def refused_write(*, out: Path) -> list[Mapping[str, str]]:
    """Write files that must be refused as a whole, with nothing stored."""
    folder = out / FOLDER_OF_REFUSED
    folder.mkdir(parents=True, exist_ok=True)
    header = "行政相对人名称,行政处罚决定书文号,处罚类别\r\n"
    contents = {
        "空文件.csv": (b"", "文件是空的"),
        "含有空字节.csv": (header.encode() + b"a\x00b,c,d\r\n", "含有空字节"),
        "编码损坏.csv": (header.encode() + b"\xff\xfe\xfa\x81\x20,\xff\r\n", "编码既不是 UTF-8 也不是 GB18030"),
        "不是表格.xlsx": ("这是一段文字，不是表格。".encode(), "不是工作簿"),
        "没有表头.csv": ("随便写的一行,没有列名\r\n1,2\r\n".encode(), "找不到表头"),
        "没有传完整的工作簿.xls": (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504), "工作簿结构损坏"),
    }
    for name, (data, _) in contents.items():
        (folder / name).write_bytes(data)
    old = pl.DataFrame(dict(OLD_TEMPLATE), schema=dict.fromkeys(dict(OLD_TEMPLATE), pl.String))
    table_write(path=folder / "旧模板.xlsx", frame=old, layout=Layout(format=FileFormat.XLSX), title="", sheet="处罚")
    reasons = {name: reason for name, (_, reason) in contents.items()} | {"旧模板.xlsx": "2015 年版模板"}
    return [{"path": f"{FOLDER_OF_REFUSED}/{name}", "reason": reason} for name, reason in reasons.items()]
