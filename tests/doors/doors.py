"""The doors through which the public and the city are told of records; a new one is one entry in a list below.

A door answers with what it says of each record in its own words read back (last day shown, open objection), and with its
raw text, in which nothing forbidden may stand.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import openpyxl
from django.test import Client

from tests.factories.drawn_county import FREE_TEXT, PERSON, REMARK, STREET, DrawnCounty, Organisation
from xinheng.adapters import clock
from xinheng.catalogue.selectors import catalogue_current
from xinheng.exchange.services import export_make
from xinheng.kernel.dates import LONG_TERM
from xinheng.opendata.selectors.places import epoch_of, feed_place
from xinheng.opendata.services import snapshot_make
from xinheng.portal.domain import LIST_KINDS
from xinheng.publicity.selectors import law_current
from xinheng.reports.services import report_issue
from xinheng.subjects.models import Subject

MARKERS: Final = frozenset({PERSON, REMARK, FREE_TEXT, STREET})
LISTED: Final = frozenset(item_id for kind in LIST_KINDS for item_id in kind.item_ids)
FED: Final = frozenset(item_id for kind in LIST_KINDS if kind.has_feed for item_id in kind.item_ids)
_FOUND: Final = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a record: last day shown (ISO; empty is long-term), and whether an objection is open."""

    last_day: str
    disputed: bool


@dataclass(slots=True)
class Answer:
    """What a door said."""

    told: dict[UUID, Told] = field(default_factory=dict)
    raw: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Whom the doors are asked about, and what they need to answer."""

    county: DrawnCounty
    client: Client
    folder: Path

    def get(self, path: str, answer: Answer) -> str:
        """Return a page or an answer of the API; empty where there is none."""
        response = self.client.get(path)
        assert response.status_code in (_FOUND, 404), (path, response.status_code)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        text: str = content.decode("utf-8-sig")
        answer.raw.append(text)
        return text if response.status_code == _FOUND else ""

    def record_of(self, number: int) -> UUID:
        """Return the record with this number in its document's number."""
        return next(record.record_id for record in self.county.records.values() if record.number == number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One way out. ``ask`` takes an organisation (whose code is given exactly), or None where it tells of the whole county.

    ``items``: what it tells of at all. ``to_whom_asks_exactly``: adverse records of sole traders too (P2). ``may_carry``:
    planted texts that this door has to carry. ``one_in``: it is asked about every so many organisations, as it takes long.
    ``tells_all``: what it is allowed to tell it must. ``by_number_only``: read by the numbers of documents, without days.
    """

    name: str
    ask: Callable[..., Answer]
    items: frozenset[str] = LISTED
    to_whom_asks_exactly: bool = False
    may_carry: frozenset[str] = frozenset()
    one_in: int = 1
    tells_all: bool = True
    by_number_only: bool = False


def _cards(html: str) -> Iterator[tuple[UUID, Told]]:
    """Read the cards of a page: every record is an article with its id, its last day and its dispute."""
    for part in re.split(r"<article", html)[1:]:
        card = part.partition("</article>")[0]
        record = re.search(r'id="record-([0-9a-f-]{36})"', card)
        assert record is not None, card[:200]
        yield UUID(record[1]), _told_by_page(card)


def _told_by_page(html: str) -> Told:
    last = re.search(r'公示到\s*<time datetime="([0-9-]+)"', html)
    assert last is not None or "长期公示" in html, html[:2000]
    return Told(last[1] if last else "", "有异议，核查中" in html)


def _told_by_data(record: Mapping[str, Any]) -> Told:
    return Told(record["display"]["until"] or "", record["dispute"] is not None)


def page(world: World, organisation: Organisation) -> Answer:
    """Read the page of an organisation."""
    answer = Answer()
    answer.told.update(_cards(world.get(f"/subjects/{organisation.pk}/?q={organisation.code}", answer)))
    return answer


def pages_by_kind(world: World, organisation: Organisation) -> Answer:
    """Read an organisation's lists, one for each kind."""
    answer = Answer()
    for kind in LIST_KINDS:
        path = f"/subjects/{organisation.pk}/{kind.slug}/?q={organisation.code}"
        answer.told.update(_cards(world.get(path, answer)))
    return answer


def record_pages(world: World, organisation: Organisation) -> Answer:
    """Ask for the page and the objection form of every record there ever was."""
    answer = Answer()
    for record in world.county.of(organisation):
        html = world.get(f"/records/{record.record_id}/?q={organisation.code}", answer)
        if html:
            answer.told[record.record_id] = _told_by_page(html)
        form = world.get(f"/help/objection/?record={record.record_id}&q={organisation.code}", answer)
        assert bool(form) == bool(html)
    return answer


def api_records(world: World, organisation: Organisation) -> Answer:
    """Ask the API for an organisation and its records."""
    answer = Answer()
    found = json.loads(world.get(f"/api/v1/organisations/{organisation.code}/records", answer))["records"]
    answer.told = {UUID(record["id"]): _told_by_data(record) for record in found}
    counts = json.loads(world.get(f"/api/v1/organisations/{organisation.code}", answer))["counts"]
    assert sum(counts.values()) == len(found), organisation
    return answer


def api_each_record(world: World, organisation: Organisation) -> Answer:
    """Ask the API for every record there ever was."""
    answer = Answer()
    for record in world.county.of(organisation):
        if text := world.get(f"/api/v1/records/{record.record_id}", answer):
            answer.told[record.record_id] = _told_by_data(json.loads(text)["record"])
    return answer


def report(world: World, organisation: Organisation) -> Answer:
    """Issue a report (its JSON; the page is set from nothing else)."""
    subject = Subject.objects.get(pk=organisation.pk)
    data = report_issue(subject=subject, now=clock.now(), actor="test").data.decode()
    return Answer(dict(_told_by_report(data)), [data])


def ordered_report(world: World, organisation: Organisation) -> Answer:
    """Order a report on the site as its reader does, and download its data."""
    answer = Answer()
    made = world.client.post(f"/subjects/{organisation.pk}/report/", {"q": organisation.code}).content.decode()
    typed = {name: re.search(rf'name="{name}"\s+value="([^"]+)"', made) for name in ("number", "check_code")}
    data = world.client.post("/reports/json", {name: found[1] for name, found in typed.items() if found}).content.decode()
    answer.raw += [made, data]
    answer.told = dict(_told_by_report(data))
    return answer


def _told_by_report(data: str) -> Iterator[tuple[UUID, Told]]:
    for part in json.loads(data)["report"]["sections"]:
        for group in part["groups"]:
            yield from ((UUID(record["id"]), _told_by_data(record)) for record in group["records"])


def api_lists(world: World) -> Answer:
    """Walk through every list of the API to its end."""
    answer = Answer()
    for item_id in sorted(LISTED):
        cursor: str | None = ""
        while cursor is not None:
            found = json.loads(world.get(f"/api/v1/lists/{item_id}?limit=100&cursor={cursor}", answer))
            answer.told |= {UUID(record["id"]): _told_by_data(record) for record in found["records"]}
            cursor = found["next"]
    return answer


def list_pages(world: World) -> Answer:
    """Walk through every public list of the site to its end."""
    answer = Answer()
    for kind in LIST_KINDS:
        path: str | None = f"/lists/{kind.slug}/"
        while path:
            html = world.get(path, answer)
            for row in re.split(r'<tr role="row">', html)[2:]:
                record = re.search(r'href="/records/([0-9a-f-]{36})/', row)
                last = re.search(rf'data-label="{kind.until_column}">\s*(?:<time datetime="([0-9-]+)"|长期)', row)
                assert record is not None, row
                assert last is not None, row
                answer.told[UUID(record[1])] = Told(last[1] or "", "有异议，核查中" in row)
            older = re.search(r'href="([^"]+)" rel="next"', html)
            path = older and older[1].replace("&amp;", "&")
    return answer


def _numbered(world: World, text: str) -> dict[UUID, Told]:
    """Read which documents are told of, in whatever columns."""
    return {world.record_of(int(number)): Told("", disputed=False) for number in set(re.findall(r"演示(\d+)号", text))}


def own_table(world: World, organisation: Organisation) -> Answer:
    """Download the records of an organisation as CSV."""
    answer = Answer()
    answer.told = _numbered(world, world.get(f"/subjects/{organisation.pk}/records.csv?q={organisation.code}", answer))
    return answer


def list_tables(world: World) -> Answer:
    """Download every public list as CSV; what is told of a licence or honour is found by its own number there."""
    answer = Answer()
    for kind in LIST_KINDS:
        answer.told |= _numbered(world, world.get(f"/lists/{kind.slug}.csv", answer))
    return answer


def list_workbooks(world: World) -> Answer:
    """Download every public list as XLSX and read all cells of it."""
    answer = Answer()
    for kind in LIST_KINDS:
        response = world.client.get(f"/lists/{kind.slug}.xlsx")
        assert response.status_code == _FOUND, kind.slug
        book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)), read_only=True)
        cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
        answer.raw.append("\n".join(cells))
        answer.told |= _numbered(world, answer.raw[-1])
    return answer


def feeds(world: World) -> Answer:
    """Read every feed that there is: its newest entries."""
    answer = Answer()
    for kind in LIST_KINDS:
        for entry in re.split(r"<entry>", world.get(f"/feeds/{kind.slug}.atom", answer))[1:]:
            record = re.search(r"<id>urn:uuid:([0-9a-f-]{36})</id>", entry)
            assert record is not None, entry
            answer.told[UUID(record[1])] = Told("", "有异议，核查中" in entry)
    return answer


def changes(world: World) -> Answer:
    """Follow the change feed from before the first publication to its end."""
    place: str = replace(feed_place(on_date=clock.today()), seq=0, epoch=epoch_of(seq=0, law=law_current())).text
    answer, more = Answer(), True
    while more:
        found = json.loads(world.get(f"/api/v1/changes?after={place}", answer))
        for change in found["changes"]:
            record_id = UUID(change["id"])
            answer.told.pop(record_id, None)
            if change["change"] == "put":
                answer.told[record_id] = _told_by_data(change["record"])
            else:
                assert change["record"] is None, "what is no longer shown has no content (P8)"
        place, more = found["next"], found["more"]
    return answer


def snapshot(world: World) -> Answer:
    """Make the daily snapshot and download it."""
    snapshot_make(on_date=clock.today(), now=clock.now(), actor="test")
    answer = Answer()
    for row in csv.DictReader(world.get("/api/v1/snapshots/newest/records.csv", answer).splitlines()):
        answer.told[UUID(row["id"])] = Told(row["display.until"], bool(row["dispute.since"]))
    return answer


def upload(item_id: str) -> Callable[[World], Answer]:
    """Return the door of the file for the city's upload of one item."""

    def ask(world: World) -> Answer:
        out = world.folder / f"{item_id}.csv"
        made = export_make(item_id=item_id, out=out, actor="test", on_date=clock.today(), now=clock.now(), since=0, as_csv=True)
        text = made.paths[0].read_text(encoding="utf-8-sig")
        answer = Answer(raw=[text])
        titles = {one.role: one.title for one in catalogue_current().item(item_id).fields}
        for row in csv.DictReader(text.splitlines()):
            number = re.search(r"演示(\d+)号", row[titles["document_no"]])
            assert number is not None
            until = row[titles.get("display_until", titles["valid_to"])].replace("/", "-")
            disputed = "正在核查" in row[titles["remark"]]
            answer.told[world.record_of(int(number[1]))] = Told("" if until == LONG_TERM.isoformat() else until, disputed)
        return answer

    return ask


def stranger(world: World, organisation: Organisation) -> Answer:
    """Ask as somebody who has not the full name or code would: everything that has a name or a number in it."""
    answer = Answer()
    part = quote(organisation.name[:4])
    for path in (
        f"/subjects/{organisation.pk}/",
        f"/subjects/{organisation.pk}/?q={part}",
        f"/search/?q={part}",
        f"/api/v1/organisations?q={part}",
    ):
        world.get(path, answer)
    for record in world.county.of(organisation):
        for path in (f"/records/{record.record_id}/", f"/records/{record.record_id}/?q={part}"):
            if (html := world.get(path, answer)) and record.for_whom_asks_exactly:
                answer.told[record.record_id] = _told_by_page(html)
        if record.for_whom_asks_exactly:
            found = world.client.get("/search/", {"q": f"演示{record.number}号"}).content.decode()
            assert organisation.name not in found
    answer.told.update(_cards(answer.raw[0]))
    answer.told.update(_cards(answer.raw[1]))
    return answer


OF_AN_ORGANISATION: Final = (
    Door(name="organisation page", ask=page, to_whom_asks_exactly=True),
    Door(name="organisation's lists", ask=pages_by_kind, to_whom_asks_exactly=True, one_in=5),
    Door(name="record pages and objection forms", ask=record_pages, to_whom_asks_exactly=True, one_in=5),
    Door(name="API, records of an organisation", ask=api_records, to_whom_asks_exactly=True),
    Door(name="API, each record", ask=api_each_record, one_in=5),
    Door(name="organisation's table", ask=own_table, one_in=5, by_number_only=True),
    Door(name="report", ask=report, to_whom_asks_exactly=True),
    Door(name="report ordered on the site", ask=ordered_report, to_whom_asks_exactly=True, one_in=25),
    Door(name="page and search for a stranger", ask=stranger, one_in=5, tells_all=False),
)
OF_THE_COUNTY: Final = (
    Door(name="API, lists", ask=api_lists),
    Door(name="list pages", ask=list_pages),
    Door(name="list tables", ask=list_tables, by_number_only=True),
    Door(name="list workbooks", ask=list_workbooks, by_number_only=True),
    Door(name="feeds", ask=feeds, items=FED, tells_all=False, by_number_only=True),
    Door(name="daily snapshot", ask=snapshot),
    Door(name="change feed", ask=changes),
    *(
        # The national template carries the legal representative and the free texts, numbers masked (P4 d).
        Door(
            name=f"upload of {item_id}",
            ask=upload(item_id),
            items=frozenset({item_id}),
            may_carry=frozenset({PERSON, FREE_TEXT}),
        )
        for item_id in ("administrative_licence", "administrative_penalty")
    ),
)
