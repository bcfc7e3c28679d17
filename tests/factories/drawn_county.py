"""A drawn county: organisations of every kind with records in every state, and texts planted that no door may tell.

The same seed draws the same county. What must be shown and what must be gone is known of the clear cases (:class:`Fate`);
of the rest the law decides, and the doors must only agree.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final
from uuid import UUID

from stdnum.cn import ric

from tests.factories.intake_world import code
from tests.factories.portal import FINE, SUPERVISION, TODAY, make_organisation
from tests.factories.records import BATCH, draft
from xinheng.adapters.clock import CHINA
from xinheng.catalogue.selectors import catalogue_current
from xinheng.records import services
from xinheng.records.domain import Event, RecordDraft
from xinheng.subjects.models import Subject

RECORDS_AT_MOST: Final = 7
PERSON: Final = "代表机密"
REMARK: Final = "备注机密"
FREE_TEXT: Final = "事实机密"
STREET: Final = "巷机密"
PERSONAL_NUMBERS: Final = r"5002361990\d{7}[\dX]|1380013\d{4}"
_MARKED: Final = datetime.combine(TODAY - timedelta(days=2), datetime.min.time(), CHINA)
_FRESH: Final = 60
_YEARS: Final = 6 * 365
_MARKS: Final = (Event.REVOKED, Event.REPAIRED, Event.HELD, Event.WITHDRAWN)
_ITEMS: Final = {
    "administrative_penalty": 8,
    "administrative_licence": 6,
    "honour": 2,
    "abnormal_list_entry": 2,
    "serious_list_entry": 1,
    "credit_commitment": 1,
}
_KINDS: Final = (("ENTERPRISE", "91"), ("COOPERATIVE", "93"), ("SOLE_TRADER", "92"))


class Fate(Enum):
    """What is known of a record beforehand."""

    SHOWN = "SHOWN"
    GONE = "GONE"
    BY_LAW = "BY_LAW"


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation with the numbers of its records' documents."""

    pk: int
    name: str
    code: str
    is_sole_trader: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """One record: whose, what kind, under which number, and what is known of it."""

    record_id: UUID
    organisation: Organisation
    item_id: str
    adverse: bool
    number: int
    fate: Fate
    disputed: bool

    @property
    def for_whom_asks_exactly(self) -> bool:
        """Return whether only who gave the full name or code may be told (P2)."""
        return self.adverse and self.organisation.is_sole_trader


@dataclass(frozen=True, slots=True)
class DrawnCounty:
    """What was drawn."""

    organisations: tuple[Organisation, ...]
    records: Mapping[UUID, Drawn]

    def of(self, organisation: Organisation) -> list[Drawn]:
        """Return the records of one organisation, shown or not."""
        return [record for record in self.records.values() if record.organisation == organisation]


def draw_county(count: int, *, seed: int) -> DrawnCounty:
    """Make ``count`` organisations with up to seven records each, in the caller's transaction."""
    draws = random.Random(seed)
    organisations = [_organisation(number, draws) for number in range(count)]
    orders: dict[str, list[tuple[Organisation, RecordDraft, Fate]]] = defaultdict(list)
    number = 0
    for organisation in organisations:
        absorbed = _absorbed(organisation) if draws.random() < 0.05 else None
        for _ in range(draws.randrange(RECORDS_AT_MOST + 1)):
            number += 1
            item_id = draws.choices(list(_ITEMS), list(_ITEMS.values()))[0]
            row, fate = _row(item_id, number, absorbed or organisation.pk, organisation, draws)
            orders[item_id].append((organisation, row, fate))
    drawn = [record for item_id, rows in orders.items() for record in _published(item_id, rows)]
    return DrawnCounty(tuple(organisations), {record.record_id: record for record in _marked(drawn, draws)})


def _organisation(number: int, draws: random.Random) -> Organisation:
    kind, prefix = draws.choices(_KINDS, (6, 1, 3))[0]
    name, uscc = f"云帆{number}号{'小吃店' if kind == 'SOLE_TRADER' else '食品有限公司'}（演示）", code(number, prefix=prefix)
    street = f"永安街道{STREET}{number}号" if kind == "SOLE_TRADER" else "永安街道演示路1号"
    pk = make_organisation(name=name, uscc=uscc, kind=kind, township="永安街道", address=street)
    return Organisation(pk, name, uscc, is_sole_trader=kind == "SOLE_TRADER")


def _absorbed(organisation: Organisation) -> int:
    """Return the id of an organisation that became part of another; what is recorded of it is told of the other."""
    kind = Subject.objects.get(pk=organisation.pk).kind
    name = f"旧{organisation.name}"
    absorbed = Subject(name=name, name_key=name, kind=kind, is_demo=True, merged_into_id=organisation.pk)
    absorbed.registration_no = f"5002369演示{organisation.pk}"
    absorbed.save()
    return int(absorbed.pk)


def _row(
    item_id: str, number: int, subject_id: int, organisation: Organisation, draws: random.Random
) -> tuple[RecordDraft, Fate]:
    """Return one row with its planted texts, and what is known of it before any mark."""
    age = draws.choice(("fresh", "fresh", "old", "between"))
    days = {"fresh": _FRESH, "between": _YEARS}.get(age)
    decided = TODAY - timedelta(days=draws.randrange(20, days)) if days else date(2019, 3, 1) + timedelta(days=number % 300)
    identity = f"5002361990{draws.randrange(1, 13):02}{draws.randrange(1, 29):02}{draws.randrange(1000):03}"
    identity += ric.calc_check_digit(f"{identity}?")
    text = f"{FREE_TEXT}{number}，{identity}，电话1380013{number % 10_000:04}"
    fields = {
        "facts": text, "content": text, "reason": text, "remark": f"{REMARK}{number}", "violation_kind": "标签不符合规定",
        "penalty_kinds": "罚款", "fine": "2.000000", "certificate_name": f"演示证{number}", "title": f"演示荣誉{number}",
        "commitment_disclosure": draws.choice(("1", "0")), "display_until": "2099-12-31",
        "subject_name": organisation.name, "uscc": organisation.code,
    }  # fmt: skip
    known = {field.name for field in catalogue_current().item(item_id).fields}
    document_no = f"奉演文〔{decided.year}〕演示{number}号"
    row = draft(
        row_no=number, subject_id=subject_id, is_sole_trader=organisation.is_sole_trader, document_no=document_no,
        decision_date=decided, display_from=decided + timedelta(days=7), penalty_mask=0, fine_fen=None,
        fields={name: value for name, value in fields.items() if name in known} | {"document_no": document_no},
        person={"legal_representative": f"{PERSON}{number}"} if "legal_representative" in known else {},
        certificate_no=f"JY{number}" if item_id == "administrative_licence" else "",
    )  # fmt: skip
    fate = Fate.BY_LAW
    if item_id == "administrative_penalty":
        on_the_spot = draws.random() < 0.1
        row = replace(row, penalty_mask=FINE, fine_fen=2_000_000, on_the_spot=on_the_spot)
        fate = Fate.GONE if on_the_spot or age == "old" else Fate.SHOWN if age == "fresh" else Fate.BY_LAW
    elif item_id in ("administrative_licence", "honour"):
        until = draws.choice((date(2031, 11, 19), TODAY, TODAY - timedelta(days=draws.randrange(1, 900))))
        until = max(until, decided)
        row = replace(row, valid_from=decided, valid_to=until, fields={**row.fields, "valid_to": until.isoformat()})
        if item_id == "administrative_licence":
            fate = Fate.GONE if until < TODAY else Fate.SHOWN
    elif item_id.endswith("_list_entry"):
        row = replace(row, list_type={"abnormal_list_entry": "A01", "serious_list_entry": "B01"}[item_id])
    # Confirmed free text is shown with its numbers masked; the marker would say that it is told at all.
    confirmed = draws.random() < 0.1
    if confirmed:
        texts = {name: value.replace(FREE_TEXT, "已脱敏事实") for name, value in row.fields.items()}
        row = replace(row, free_text_confirmed=True, fields=texts)
    return row, fate


def _published(item_id: str, rows: list[tuple[Organisation, RecordDraft, Fate]]) -> Iterable[Drawn]:
    catalogue = catalogue_current()
    item, organ = catalogue.item(item_id), catalogue.organ_by_name(SUPERVISION)
    assert organ is not None
    batch = replace(
        BATCH,
        item_id=item_id,
        item_kind=item.kind.value,
        item_version=catalogue.item_version(item_id),
        catalogue_hash=catalogue.hash,
        legal_basis=catalogue.basis_text(item.basis),
        basis_confidence=item.confidence.value,
        submission_id=f"FJ-20261101-{len(item_id):04}",
        reported_date=TODAY - timedelta(days=10),
    )
    drafts = [replace(row, organ_code=organ.code, organ_name=organ.name) for _, row, _ in rows]
    result = services.versions_publish(batch=batch, drafts=drafts, now=_MARKED - timedelta(days=8))
    ids = [UUID(text) for text in result.outcomes["record_id"].to_pylist()]
    for record_id, (organisation, row, fate) in zip(ids, rows, strict=True):
        yield Drawn(record_id, organisation, item_id, item.adverse, row.row_no, fate, disputed=False)


def _marked(drawn: list[Drawn], draws: random.Random) -> Iterable[Drawn]:
    """Mark three in ten: ended in one of the ways there are, in dispute, or in a dispute that was not settled in time."""
    by_mark: dict[Any, list[Drawn]] = defaultdict(list)
    for record in drawn:
        kind = None
        if draws.random() < 0.3:
            kind = draws.choice((*_MARKS, "open", "open", "late"))
            if kind is Event.REPAIRED and not record.adverse:
                kind = Event.HELD
        by_mark[kind].append(record)
    for kind, records in by_mark.items():
        if kind is None:
            yield from records
            continue
        until = {"open": TODAY + timedelta(days=3), "late": TODAY - timedelta(days=1)}.get(kind)
        services.marks_add(
            record_ids=[record.record_id for record in records],
            event=Event.DISPUTED if until else kind,
            event_date=_MARKED.date(),
            until=until,
            ground="演示",
            actor="credit-office",
            now=_MARKED,
        )
        for record in records:
            gone = kind != "open" or record.fate is Fate.GONE
            yield replace(record, fate=Fate.GONE if gone else record.fate, disputed=kind == "open")
