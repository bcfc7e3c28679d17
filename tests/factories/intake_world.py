"""A small invented world for journeys through intake: organisations, and files about them that pass every rule."""

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from tests.factories.intake_files import real_catalogue
from xinheng.adapters.clock import CHINA
from xinheng.intake import services
from xinheng.intake.services import Declarations
from xinheng.kernel.text import name_key
from xinheng.records.models import CurrentRecord, RecordVersion
from xinheng.records.selectors import known_latest
from xinheng.subjects.domain import organisation_code_check_char, uscc_check_char
from xinheng.subjects.models import Subject, SubjectCode, SubjectName

ORGAN = "11500236DM0000240B"
ORGAN_NAME = "奉节县市场监督管理局"
NOW = datetime(2026, 4, 20, 10, 41, tzinfo=CHINA)
DECIDED = "2026-04-15"


def code(number: int, *, prefix: str = "91") -> str:
    """Return an invented code of region 500236 with both check characters right."""
    base = f"DM{number:06d}"
    body = f"{prefix}500236{base}{organisation_code_check_char(base)}"
    return body + uscc_check_char(body)


def name(number: int) -> str:
    """Return the invented name of organisation ``number``."""
    return f"演示夔门{number}号食品有限公司"


def subject_make(number: int, *, kind: str = "ENTERPRISE", prefix: str = "91", **changes: Any) -> Subject:
    """Put organisation ``number`` into the register."""
    values = {"name": name(number), "uscc": code(number, prefix=prefix), "kind": kind, "is_demo": True} | changes
    values["name_key"] = name_key(values["name"])
    subject = Subject.objects.create(**values, organisation_code=values["uscc"][8:17])
    SubjectName.objects.create(subject=subject, name=subject.name, name_key=subject.name_key)
    SubjectCode.objects.create(subject=subject, code_type="USCC", code=subject.uscc)
    return subject


def penalty(number: int, *, subject: int | None = None, **changes: str) -> dict[str, str]:
    """Return penalty ``number`` on organisation ``subject`` (the same number unless said), without anything to mend."""
    whom = number if subject is None else subject
    return {
        "CF_XDR_MC": name(whom),
        "CF_XDR_LB": "法人及非法人组织",
        "CF_XDR_SHXYM": code(whom),
        "CF_FRDB": f"演示代表人{whom}",
        "CF_WSH": f"奉市监罚字〔2026〕{number}号",
        "CF_WFXW": "销售超过保质期的食品",
        "CF_SY": "当事人销售超过保质期的食品，货值较小。",
        "CF_YJ": "《中华人民共和国食品安全法》第一百二十四条",
        "CF_CFLB": "罚款",
        "CF_NR": "罚款人民币二万元",
        "CF_NR_FK": "2.000000",
        "CF_JDRQ": DECIDED,
        "CF_YXQ": "2027-04-15",
        "CF_CFJG": ORGAN_NAME,
        "CF_CFJGDM": ORGAN,
        "CF_SJLY": ORGAN_NAME,
        "CF_SJLYDM": ORGAN,
    } | changes


def licence(number: int, *, subject: int | None = None, **changes: str) -> dict[str, str]:
    """Return licence ``number`` of organisation ``subject``."""
    whom = number if subject is None else subject
    return {
        "XK_XDR_MC": name(whom),
        "XK_XDR_LB": "法人及非法人组织",
        "XK_XDR_SHXYM": code(whom),
        "XK_FRDB": f"演示代表人{whom}",
        "XK_XKWS": "食品经营许可决定书",
        "XK_WSH": f"奉市监许字〔2026〕{number}号",
        "XK_XKLB": "普通",
        "XK_XKZS": "食品经营许可证",
        "XK_XKBH": f"JY-DM-{number}",
        "XK_NR": "食品销售",
        "XK_JDRQ": DECIDED,
        "XK_YXQZ": DECIDED,
        "XK_YXQZI": "2031-04-14",
        "XK_XKJG": ORGAN_NAME,
        "XK_XKJGDM": ORGAN,
        "XK_ZT": "1",
        "XK_LYDW": ORGAN_NAME,
        "XK_LYDWDM": ORGAN,
    } | changes


def act(item_id: str, number: int, *, subject: int | None = None, **changes: str) -> dict[str, str]:
    """Return a row of an act sheet about penalty ``number``."""
    whom = number if subject is None else subject
    cells = {
        "TARGET_ITEM": "行政处罚",
        "DOCUMENT_NO": f"奉市监罚字（2026）第{number}号",
        "ORGAN_NAME": ORGAN_NAME,
        "ORGAN_CODE": ORGAN,
        "SUBJECT_NAME": name(whom),
        "USCC": code(whom),
        "ACT_KIND": "2",
        "ACT_DOCUMENT_NO": f"奉市监撤字〔2026〕{number}号",
        "ACT_ORGAN_NAME": ORGAN_NAME,
        "EVENT_DATE": "2026-04-17",
        "GROUND": "事实认定有误",
    }
    known = {field.key for field in real_catalogue().item(item_id).fields}
    return {key: value for key, value in (cells | changes).items() if key in known}


def file_write(path: Path, rows: Iterable[Mapping[str, str]], *, item_id: str = "administrative_penalty") -> Path:
    """Write rows as a CSV under the Chinese labels of the template."""
    fields = real_catalogue().item(item_id).fields
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.title for field in fields])
        writer.writerows([row.get(field.key, "") for field in fields] for row in rows)
    return path


def load(path: Path, *, now: datetime = NOW, out_dir: Path | None = None, **declared: bool) -> services.LoadResult:
    """Take a file through the whole journey with two invented persons."""
    return services.submission_load(
        path=path,
        organ_code=ORGAN,
        clerk="演示经办",
        reviewer="演示审核",
        declarations=Declarations(**declared),
        now=now,
        out_dir=out_dir,
    )


def told(result: services.LoadResult) -> dict[str, int]:
    """Return the counts of a receipt that are not zero."""
    receipt = result.receipt
    names = ("rows", "accepted", "new", "corrected", "duplicate", "returned", "doubtful", "person", "not_shown", "late")
    return {key: getattr(receipt, key) for key in names if getattr(receipt, key)}


def record(number: int) -> CurrentRecord:
    """Return the record of penalty ``number`` as it is now."""
    return CurrentRecord.objects.get(document_no_key=f"奉市监罚字〔2026〕{number}号")


def sequence_is_whole() -> bool:
    """Say whether the publication sequence counts from 1 without a gap, and the readers know its end."""
    numbers = sorted(RecordVersion.objects.values_list("seq", flat=True))
    return numbers == list(range(1, len(numbers) + 1)) and known_latest() == len(numbers)


def landed_bytes(folder: Path) -> bytes:
    """Return the text of everything below a folder, Parquet files unpacked, so that a search misses nothing."""
    parts = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            parts.append(path.read_bytes())
            if path.suffix == ".parquet":
                parts.append(pl.read_parquet(path).write_csv().encode())
    return b"\n".join(parts)
