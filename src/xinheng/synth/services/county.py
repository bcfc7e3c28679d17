"""Write a whole synthetic county: register, department files, later files, acts, files to be refused, and the truth."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from xinheng.catalogue.domain import Catalogue, Item, ListNature, Organ, OrganKind
from xinheng.synth.domain.dirt import Outcome, kinds_of_dirt, soil, with_material
from xinheng.synth.domain.draws import Draws
from xinheng.synth.domain.organisations import County, county
from xinheng.synth.domain.records import Order, records
from xinheng.synth.errors import FolderNotEmpty, ScaleOutOfRange
from xinheng.synth.services.extras import acts_write, later_write, refused_write, targets_of
from xinheng.synth.services.files import LAYOUTS, MOST_ROWS_IN_A_WORKBOOK, WITHOUT_WORKBOOK, FileFormat, Layout, table_write
from xinheng.synth.services.register import delta_write, register_write
from xinheng.synth.services.report import SynthCounty, SynthFile
from xinheng.synth.services.truth import TRUTH_COLUMNS, truth_rows, with_truth

RECORDS_AT_SCALE_1: Mapping[str, int] = {
    "administrative_licence": 11_000,
    "administrative_penalty": 6_000,
    "abnormal_list_entry": 1_200,
    "serious_list_entry": 200,
    "honour": 600,
    "credit_commitment": 1_000,
}
ORGANS_OF: Mapping[str, Sequence[str]] = {
    "administrative_licence": ("market_supervision", "transport", "health", "construction", "agriculture", "culture_tourism"),
    "administrative_penalty": ("market_supervision", "transport", "fire", "environment", "work_safety", "urban_management"),
    "abnormal_list_entry": ("market_supervision",),
    "honour": ("commerce", "industry"),
    "credit_commitment": ("market_supervision", "transport", "health"),
}
PORTION = 100_000
MARK = "本文件夹由 xinheng synth 生成，全部是编造的演示数据。\n"
MARK_FILE = "演示数据.txt"
MAX_SCALE = 200
ROWS_IN_TRUTH_JSON = 50_000
REPEATED_SHARE = 0.01
ROWS_WORTH_REPEATING = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What every step of one county needs."""

    out: Path
    scale: int
    seed: int
    on_date: date
    catalogue: Catalogue
    county: County
    targets: dict[str, pl.DataFrame] = field(default_factory=dict)
    repeat: list["_Repeat"] = field(default_factory=list)


def county_write(*, out: Path, scale: int, seed: int, on_date: date, catalogue: Catalogue) -> SynthCounty:
    """Write a county into ``out``: the same scale, seed and day give the same files.

    ×1 is 5,000 organisations and 20,000 records. Rows of ``truth.parquet`` say for every row of every file what must
    become of it; ``truth.json`` says the same up to 50,000 rows, and always the files and their counts. A folder that an
    earlier run made is made anew.

    Raises:
        FolderNotEmpty: ``out`` holds something that this did not write.
        ScaleOutOfRange: ``scale`` is below 1 or above 200.
    """
    if not 1 <= scale <= MAX_SCALE:
        raise ScaleOutOfRange(scale=scale, most=MAX_SCALE)
    _folder_prepare(out)
    townships = tuple(township.name for township in catalogue.townships)
    made = county(scale=scale, seed=seed, on_date=on_date, townships=townships)
    task = _Task(out=out, scale=scale, seed=seed, on_date=on_date, catalogue=catalogue, county=made)
    result = SynthCounty(scale=scale, seed=seed, on_date=on_date, catalogue_hash=catalogue.hash)
    result.organisations = made.organisations.height
    path, expected = register_write(folder=out / "登记库", county=made)
    result.register = {"path": _relative(out, path)} | dict(expected)
    path, expected = delta_write(folder=out / "登记库", county=made, on_date=on_date)
    result.delta = {"path": _relative(out, path)} | dict(expected)
    truths = []
    for item_id, count in RECORDS_AT_SCALE_1.items():
        for portion in _portions(task, item_id=item_id, count=count * scale):
            truths += _files_write(task, portion, result)
    truth = pl.concat(truths)
    if task.repeat:
        truths.append(_repeat_write(task, task.repeat[0], result))
        truth = pl.concat(truths)
    later = later_write(
        out=out, county=made, on_date=on_date, catalogue=catalogue, organs=_organs(task, "administrative_licence")
    )
    result.files.append(later.file)
    truth = pl.concat([truth, later.truth])
    result.acts = acts_write(out=out, targets=task.targets, on_date=on_date, catalogue=catalogue)
    result.refused = refused_write(out=out)
    result.records = truth.height
    result.counts = _counts(truth)
    _truth_write(out=out, truth=truth, result=result)
    return result


def _folder_prepare(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        if not (out / MARK_FILE).exists():
            raise FolderNotEmpty(folder=str(out))
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK_FILE).write_text(MARK, encoding="utf-8")


def _organs(task: _Task, item_id: str) -> list[Organ]:
    catalogue = task.catalogue
    departments = [organ for organ in catalogue.organs if organ.kind is not OrganKind.TOWNSHIP and organ.document_prefix]
    if item_id == "serious_list_entry":
        wanted = [sector for list_type in _lists(catalogue, ListNature.SERIOUS, item_id) for sector in list_type[1]]
    else:
        wanted = list(ORGANS_OF[item_id])
    found = [next((organ for organ in departments if sector in organ.sectors), None) for sector in wanted]
    unique = {organ.code: organ for organ in found if organ is not None}
    return list(unique.values()) or departments[:1]


def _lists(catalogue: Catalogue, nature: ListNature, item_id: str) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (spec.id, spec.lister_sectors)
        for spec in catalogue.list_types
        if spec.accepted and spec.nature is nature and spec.item_id == item_id
    ]


def _list_types(task: _Task, item_id: str, organs: Sequence[Organ]) -> list[tuple[str, str]]:
    """Return (list, organ code) pairs: each list with the organ that keeps it."""
    nature = ListNature.ABNORMAL if item_id == "abnormal_list_entry" else ListNature.SERIOUS
    pairs = []
    for list_id, sectors in _lists(task.catalogue, nature, item_id):
        lister = next((organ for organ in organs if set(sectors) & set(organ.sectors)), None)
        if lister is not None:
            pairs.append((list_id, lister.code))
    return pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repeat:
    """A file that is sent a second time in another layout."""

    frame: pl.DataFrame
    item: Item
    organ: Organ
    is_legacy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Portion:
    item: Item
    organs: Sequence[Organ]
    number: int
    frame: pl.DataFrame


def _portions(task: _Task, *, item_id: str, count: int) -> Iterator[_Portion]:
    """Make the rows of one item, at most ``PORTION`` at a time, so that memory does not grow with the scale."""
    organs = _organs(task, item_id)
    lists = _list_types(task, item_id, organs) if item_id.endswith("list_entry") else []
    if item_id.endswith("list_entry") and not lists:
        return
    item = task.catalogue.item(item_id)
    names = {column.name for column in item.fields}
    numbers = range(-(-count // PORTION))
    for number in numbers:
        rows = min(PORTION, count - number * PORTION)
        # In a large county a portion is the work of one or two organs, so that files grow, not their number.
        few = organs if len(numbers) == 1 or lists else [organs[number % len(organs)]]
        order = Order(
            item_id=item_id, count=rows, number=number, seed=task.seed, on_date=task.on_date, organs=few, list_types=lists
        )
        frame = records(order=order, organisations=task.county.organisations)
        frame = frame.select([name for name in frame.columns if name.startswith("_") or name in names])
        draws = Draws(seed=task.seed, name=f"dirt:{order.name}")
        frame = with_material(frame=frame, unregistered=task.county.unregistered, draws=draws)
        frame = soil(frame=frame, kinds=kinds_of_dirt(on_date=task.on_date), draws=draws)
        frame = with_truth(frame=frame, item_id=item_id, organs=few, on_date=task.on_date, catalogue=task.catalogue)
        yield _Portion(item=item, organs=few, number=number, frame=frame)


def _files_write(task: _Task, portion: _Portion, result: SynthCounty) -> list[pl.DataFrame]:
    truths = []
    for (organ_index, is_legacy), rows in sorted(
        portion.frame.partition_by("_organ", "_legacy", as_dict=True, maintain_order=True).items()
    ):
        organ = portion.organs[int(organ_index)]
        frame = _with_repeats(rows)
        layout = _layout(len(result.files), frame.height)
        number = f"_{portion.number + 1}" if portion.number or task.scale > 1 else ""
        kind = "历史数据" if is_legacy else "本期"
        path = task.out / "部门报送" / organ.short_name / f"{portion.item.title}_{kind}{number}{layout.format.suffix}"
        truth = item_file_write(
            path=path, out=task.out, frame=frame, item=portion.item, organ=organ, layout=layout, seed=task.seed, wave=1
        )
        truths.append(truth)
        if not task.repeat and frame.height >= ROWS_WORTH_REPEATING:
            task.repeat.append(_Repeat(frame=frame, item=portion.item, organ=organ, is_legacy=bool(is_legacy)))
        if portion.item.id not in task.targets and (targets := targets_of(frame)).height:
            task.targets[portion.item.id] = targets
        result.files.append(
            SynthFile(
                path=_relative(task.out, path),
                item_id=portion.item.id,
                organ_code=organ.code,
                is_legacy=bool(is_legacy),
                wave=1,
                rows=frame.height,
                counts=_counts(truth),
            )
        )
    return truths


def _repeat_write(task: _Task, repeat: _Repeat, result: SynthCounty) -> pl.DataFrame:
    """Write a file that was sent before, in another layout: what was taken then is a duplicate now."""
    accepted = pl.col("_outcome") == Outcome.ACCEPTED.value
    frame = repeat.frame.with_columns(_outcome=pl.when(accepted).then(pl.lit(Outcome.DUPLICATE.value)).otherwise("_outcome"))
    path = task.out / "部门报送" / repeat.organ.short_name / f"{repeat.item.title}_重复报送.csv"
    layout = Layout(format=FileFormat.CSV_GB18030, shuffled=True, title_rows=1)
    truth = item_file_write(
        path=path, out=task.out, frame=frame, item=repeat.item, organ=repeat.organ, layout=layout, seed=task.seed, wave=1
    )
    result.files.append(
        SynthFile(
            path=_relative(task.out, path),
            item_id=repeat.item.id,
            organ_code=repeat.organ.code,
            is_legacy=repeat.is_legacy,
            wave=1,
            rows=frame.height,
            counts=_counts(truth),
        )
    )
    return truth


def _layout(number: int, rows: int) -> Layout:
    layout = LAYOUTS[number % len(LAYOUTS)]
    if rows > MOST_ROWS_IN_A_WORKBOOK and layout.format in WITHOUT_WORKBOOK:
        return Layout(**asdict(layout) | {"format": WITHOUT_WORKBOOK[layout.format], "real_dates": False})
    return layout


def _with_repeats(rows: pl.DataFrame) -> pl.DataFrame:
    """Append copies of some clean rows at the end: the same row twice in one file."""
    clean = rows.filter((pl.col("_outcome") == Outcome.ACCEPTED.value) & (pl.col("_dirt") == ""))
    copies = clean.gather_every(max(1, round(1 / REPEATED_SHARE))) if clean.height else clean
    return pl.concat([rows, copies.with_columns(_dirt=pl.lit("repeated"), _outcome=pl.lit(Outcome.DUPLICATE.value))])


def item_file_write(
    *, path: Path, out: Path, frame: pl.DataFrame, item: Item, organ: Organ, layout: Layout, seed: int, wave: int
) -> pl.DataFrame:
    """Write one department's file and return the truth of its rows."""
    draws = Draws(seed=seed, name=f"layout:{path.relative_to(out)}")
    fields = [column for column in item.fields if column.name in frame.columns]
    if layout.shuffled:
        filled = [column for column in fields if (frame[column.name] != "").any()]
        fields = [filled[index] for index in draws.generator.permutation(len(filled))]
    headed = frame.select(
        [pl.col(column.name).alias(column.key if layout.national_codes else column.title) for column in fields]
    )
    if layout.extra_column:
        headed = headed.with_columns(经办科室=draws.of(("执法一科", "执法二科", "行政审批科"), frame.height))
    dates = [column.key if layout.national_codes else column.title for column in fields if column.type == "DATE"]
    title = f"{organ.name}{item.title}报送表"
    sheet = item.title[:20].replace("（", "").replace("）", "")
    first = table_write(path=path, frame=headed, layout=layout, title=title, sheet=sheet, date_columns=dates)
    return truth_rows(
        frame=frame,
        file=_relative(out, path),
        sheet=sheet if layout.format.suffix == ".xlsx" else "",
        first_row=first,
        item_id=item.id,
        organ_code=organ.code,
        wave=wave,
    )


def _counts(truth: pl.DataFrame) -> dict[str, int]:
    by_outcome = dict(truth.group_by("outcome").len().sort("outcome").iter_rows())
    return by_outcome | {"shown": int(truth["shown"].sum()), "late": int((truth["late_workdays"] > 0).sum())}


def _relative(out: Path, path: Path) -> str:
    return path.relative_to(out).as_posix()


def _truth_write(*, out: Path, truth: pl.DataFrame, result: SynthCounty) -> None:
    truth.select(TRUTH_COLUMNS).write_parquet(out / "truth.parquet")
    rows = truth.select(TRUTH_COLUMNS).rows() if truth.height <= ROWS_IN_TRUTH_JSON else None
    content = asdict(result) | {"on_date": result.on_date.isoformat(), "row_columns": TRUTH_COLUMNS, "rows": rows}
    (out / "truth.json").write_text(json.dumps(content, ensure_ascii=False, indent=None), encoding="utf-8")
