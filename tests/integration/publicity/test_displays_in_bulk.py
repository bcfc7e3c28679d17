"""Records in bulk are the plain records of every other door, row for row, under any law."""

from datetime import date, timedelta

import polars as pl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.factories.displays import make_record, organ_code
from tests.factories.records import NOW, make_subject

from xinheng.kernel.personal import POSSIBLE, mask_personal_numbers
from xinheng.publicity.domain import BULK_COLUMNS, record_bulk, record_plain
from xinheng.publicity.selectors import displays, displays_in_bulk, law_current, public_records, without_sole_traders
from xinheng.records import services
from xinheng.records.domain import Event

TODAY = date(2026, 11, 22)
ITEMS = sorted(law_current().items)


def in_bulk(on_date=TODAY, law=None):
    portions = []
    counts = displays_in_bulk(on_date=on_date, write=portions.append, law=law)
    frame = pl.concat(portions) if portions else pl.DataFrame(schema=list(BULK_COLUMNS))
    assert sum(counts.values()) == frame.height
    return {row["id"]: row for row in frame.iter_rows(named=True)}


def one_by_one(on_date=TODAY, law=None):
    law = law or law_current()
    records = without_sole_traders(records=displays(on_date=on_date, law=law), law=law)
    found = {}
    for record in public_records(records=list(records), on_date=on_date, law=law):
        row = record_bulk(record_plain(record))
        found[row["id"]] = {
            name: date.fromisoformat(value) if value is not None and BULK_COLUMNS[name] is date else value
            for name, value in row.items()
        }
    return found


def texts_for(item_id):
    """Return texts for every field of an item, some with what must be masked or escaped."""
    item = law_current().items[item_id]
    texts = {}
    for number, field in enumerate(item.fields):
        if field.code_list is not None:
            codes = law_current().catalogue.code_list(field.code_list).values
            texts[field.name] = ";".join(code.label for code in codes[:2]) if field.multiple else codes[0].code
        elif field.type == "DATE":
            texts[field.name] = ["2026/3/12", "2099-12-31", "近期", "电话13812345678"][number % 4]
        elif field.type == "AMOUNT_WAN":
            texts[field.name] = ["2.000000", "壹万元，卡号6222021234567890128"][number % 2]
        else:
            texts[field.name] = ['引“号"与\\反斜', "换\n行,逗号", "证11010519491231002X号", "JY15002360012345", "=1+1"][
                number % 5
            ]
    return texts


@pytest.mark.django_db
@pytest.mark.parametrize("item_id", ITEMS)
@pytest.mark.parametrize("confirmed", [True, False])
def test_every_field_of_every_item(item_id, confirmed):
    kind = {"SOLE_TRADER": "云帆小吃店（演示）", "ENTERPRISE": "夔门云帆（演示）有限公司"}
    accepted = [s.id for s in law_current().catalogue.list_types if s.accepted and s.disclosure == "PUBLIC"]
    for number, (kind_of, name) in enumerate(kind.items()):
        for place, list_type in enumerate(accepted if "list" in item_id else [None]):
            make_record(
                item_id=item_id,
                subject_id=make_subject(kind=kind_of, name=name),
                document_no=f'演示"{number}"号{place} 13812345678',
                fields=texts_for(item_id) | {"commitment_disclosure": "PUBLIC"},
                list_type=list_type,
                statutory_until=date(2027, 1, 1),
                valid_from=date(2026, 1, 1),
                valid_to=date(2027, 2, 1),
                free_text_confirmed=confirmed,
                display_from=None if number else date(2026, 4, 1),
            )
    found = in_bulk()
    assert found == one_by_one()
    assert found or item_id in {"correction", "list_removal", "repair_result", "revocation"}
    assert not any(row["adverse"] and "小吃店" in row["subject.name"] for row in found.values())
    assert "13812345678" not in str(found)


@pytest.mark.django_db
def test_merged_disputed_and_without_a_source(django_assert_max_num_queries):
    survivor = make_subject(name="夔门云帆集团有限公司（演示）", uscc="91500236MA演示0001")
    merged = make_subject(name="奉节云帆食品有限公司（演示）", merged_into_id=survivor)
    record = make_record(subject_id=merged)
    services.record_dispute(
        record_id=record.pk, until=date(2026, 12, 1), event_date=date(2026, 11, 18), ground="演示", actor="officer-1", now=NOW
    )
    (row,) = in_bulk().values()
    assert (row["subject.id"], row["subject.code"], row["dispute.since"]) == (
        survivor,
        "91500236MA演示0001",
        date(2026, 11, 18),
    )
    assert in_bulk() == one_by_one()


days = st.dates(date(2018, 1, 1), date(2028, 12, 31))


class TestAnyRecordOnAnyDay(TestCase):
    @settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
    @given(
        rows=st.lists(
            st.fixed_dictionaries(
                {
                    "item_id": st.sampled_from(["administrative_penalty", "administrative_penalty", *ITEMS]),
                    "decision_date": days,
                    "display_from": st.none() | days,
                    "valid_to": st.none() | days | st.just(date(2099, 12, 31)),
                    "statutory_until": st.none() | days,
                    "list_type": st.none() | st.sampled_from(["B01", "B02", "B03", "B05", "B10", "Z99"]),
                    "penalty_mask": st.integers(0, 2**14 - 1),
                    "fine_fen": st.none() | st.sampled_from([0, 100, 5_000_000, 20_000_000]),
                    "is_sole_trader": st.booleans(),
                    "organ_code": st.sampled_from([organ_code(), organ_code("税务"), "11500236MB演示9999"]),
                    "event": st.none() | st.sampled_from([Event.HELD, Event.DISPUTED, Event.REVOKED]),
                }
            ),
            min_size=1,
            max_size=8,
        ),
        on_date=days,
    )
    def test_is_told_alike(self, rows, on_date):
        with transaction.atomic():
            subject = make_subject()
            for number, row in enumerate(rows):
                event = row.pop("event")
                record = make_record(subject_id=subject, document_no=f"演示{number}号", **row)
                if event:
                    services.mark_add(
                        record_id=record.pk, event=event, event_date=on_date, until=on_date + timedelta(days=number - 2)
                        if event is Event.DISPUTED and number > 2 else on_date, ground="演示", actor="officer-1", now=NOW,
                    )  # fmt: skip
            assert in_bulk(on_date) == one_by_one(on_date)
            transaction.set_rollback(True)


@given(text=st.text(alphabet="0123456789０９Xx -－—·6213号Ab", max_size=60))
def test_whatever_is_masked_is_possible(text):
    possible = pl.Series([text]).str.contains(POSSIBLE)[0]
    assert possible or mask_personal_numbers(text) == text
