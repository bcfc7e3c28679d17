"""One journey through everything, and then a search of all that it left: no planted value is anywhere, in no form (P3, P4, P16).

Every collector shows that it sees: it must find something harmless that was there.
"""

import base64
import json
import re

import pytest
from django.conf import settings
from tests.factories import intake_world as world
from tests.factories import planted
from tests.factories.accounts import OTHER_ORGAN
from tests.factories.collecting import Answer, files_below, tables_of
from tests.factories.families import FAMILIES
from tests.factories.jobs import jobs_run
from tests.factories.systems import Door, make_system, token_of
from tests.factories.workbench import WORKBENCH
from tests.integration.personal_data.conftest import PENALTY, rows, workbook

from xinheng.accounts.domain import Role
from xinheng.accounts.models import Account
from xinheng.catalogue.selectors import sources_current
from xinheng.intake.models import Doubt, Submission, SubmissionState
from xinheng.records.models import CurrentRecord
from xinheng.records.services import person_fields_open
from xinheng.subjects.models import Subject

SEALED = ("originals", "workbooks", "keys")
STATEMENTS = {"is_checked": "on", "is_secret_free": "on", "is_understood": "on"}
TYPED = planted.all_of(50)


def _report(journey, tmp_path):
    """A clerk reports a workbook and a file, looks at cells, explains, amends, has marked workbooks made."""
    clerk = journey.people[Role.CLERK]
    name = f"{planted.resident(11)}{planted.phone(11)}处罚.xlsx"
    assert journey.upload(workbook(tmp_path / "w.xlsx"), name=name).status_code == 200
    first = Submission.objects.latest("id")
    csv = world.file_write(tmp_path / "c.csv", rows())
    journey.upload(csv, name=f"{planted.card(12)}的处罚.csv", is_desensitised="on")
    submission = Submission.objects.latest("id")
    assert submission.pk != first.pk
    for one in (first, submission):
        at = f"/workbench/submissions/{one.number}/"
        told = set(one.findings.values_list("rule", flat=True))
        for rule in told:
            page = clerk.get(f"{at}findings/{rule}/").content.decode()
            for cell in sorted(set(re.findall(r'href="([^"]+/cell/[^"]+)"', page)))[:3]:
                clerk.get(cell.replace("&amp;", "&"))
            clerk.post(f"{at}findings/{rule}/explain/", {"text": TYPED, "row": "0", "sheet": ""})
        for page in ("", "findings.csv", "progress/", "submit/", "marked/"):
            clerk.get(f"{at}{page}")
        clerk.post(f"{at}marked/")
        jobs_run()
        for file in ("marked.xlsx", "marked-rest.csv", "marked/"):
            clerk.get(f"{at}{file}")
        clerk.post(f"{at}cell/?sheet=CSV&row=3&field=CF_SY", {"value": TYPED})
    return submission


def _decide(journey, submission):
    """The clerk submits, the reviewer sends back, certifies."""
    clerk, reviewer = journey.people[Role.CLERK], journey.people[Role.REVIEWER]
    at = f"/workbench/submissions/{submission.number}/"
    clerk.post(f"{at}submit/")
    reviewer.post(f"{at}send-back/", {"reason": TYPED})
    clerk.post(f"{at}submit/")
    submission.refresh_from_db()
    journey.proven(Role.REVIEWER, f"{at}certify/", STATEMENTS)
    jobs_run()
    submission.refresh_from_db()
    return submission


def _office(journey):
    """Everybody types it where reasons, names and grounds are asked for, and opens every page of theirs."""
    doubt, clerk = Doubt.objects.first(), journey.people[Role.CLERK]
    typed = {"reason": TYPED, "ground": TYPED, "text": TYPED, "note": TYPED, "title": TYPED, "name": TYPED[:80]}
    choice = {"choice": str(Subject.objects.first().pk), "code": planted.resident(51)}
    clerk.post(f"/workbench/doubts/{doubt.pk}/decide/", typed | choice)
    for act in ("confirm", "decline", "undo"):
        journey.people[Role.REVIEWER].post(f"/workbench/doubts/{doubt.pk}/{act}/", typed)
    own = {"organ_code": world.ORGAN, "organ": world.ORGAN, "item_id": PENALTY, "item": PENALTY}
    document = f"奉市监罚字〔2026〕{planted.phone(52)}号"
    asked = {"rule": "V05", "document_no": document, "expires_on": "2026-12-01"}
    clerk.post("/workbench/waivers/ask/", own | typed | asked)
    clerk.post("/workbench/gaps/explain/", own | typed | {"series": TYPED, "year": "2026", "first": "1", "last": "1"})
    clerk.post("/workbench/zero-reports/state/", own | {"month": "2026-03", "is_meant": "on"})
    journey.people[Role.REVIEWER].post("/workbench/zero-reports/1/return/", typed)
    clerk.post("/workbench/notices/contact/", {"channel": "SMS", "phone": planted.phone(53)})
    form = world.penalty(60, CF_SY=TYPED, CF_FRDB=planted.representative(1), BZ=TYPED)
    for act in ("save", "check", "send"):
        clerk.post(f"/workbench/records/new/{PENALTY}/", form | {"act": act, "organ": world.ORGAN, "is_secret_free": "on"})
        clerk.post(f"/workbench/records/new/{PENALTY}/fields/", form | {"organ": world.ORGAN})
    clerk.post(f"/workbench/practice/{PENALTY}/", form | {"organ": world.ORGAN})
    administrator = journey.people[Role.ADMINISTRATOR]
    person = {"display_name": planted.resident(54), "title": planted.phone(54), "role": "CLERK"}
    for login in (planted.phone(54), "demo.new"):  # the first is refused and shown once more
        administrator.post("/workbench/people/invite/", own | typed | person | {"login_name": login})
    period = {"valid_from": "2026-04-20", "valid_until": "", "items": PENALTY, "purposes": "REPORT", "title": planted.phone(55)}
    clerks = Account.objects.get(login_name="demo.clerk").pk
    administrator.post(
        f"/workbench/people/{clerks}/grant/", own | typed | period | {"role": "CLERK", "organ_code": OTHER_ORGAN}
    )
    administrator.post("/workbench/systems/register/", own | typed | period)
    file = "national/clocks/display.yaml"
    changed = sources_current()[file] + "# 演示\n"
    proposal = typed | {"title": f"改期限{planted.phone(56)}", "name": file, "text": changed}
    journey.people[Role.CREDIT_OFFICER].post("/workbench/catalogue/propose/", proposal)
    journey.people[Role.CREDIT_DIRECTOR].post("/workbench/catalogue/1/refuse/", typed)
    jobs_run()


def _pages(journey, submission):
    """Every page of the workbench and of the public site, with a planted query besides; sessions go on being used."""
    record = CurrentRecord.objects.first()
    values = {
        "number": submission.number, "submitted": submission.number, "doubt": Doubt.objects.first().pk, "account": 1,
        "record": record.record_id, "proposal": 1, "waiver": 1, "reconciliation": 1,
    }  # fmt: skip
    more = f"q={planted.resident(70)}&actor={planted.phone(71)}&object={planted.card(72)}&next=/{planted.resident(73)}"
    for role, address in WORKBENCH.values():
        path = address.format(**values)
        for client in (journey.people[role], journey.visitor):
            client.get(f"{path}{'&' if '?' in path else '?'}{more}", follow=True)
    journey.people[Role.AUDITOR].get("/workbench/trail/entries.csv")
    company = Subject.objects.first().pk
    county = dict.fromkeys(("company", "trader"), company) | dict.fromkeys(("penalty", "disputed", "licence"), record.record_id)
    for addresses in FAMILIES.values():
        for address in addresses:
            path = address.format(**county)
            journey.visitor.get(path)
            journey.visitor.get(
                f"{path.partition('?')[0]}?{more}&organ={planted.resident(74)}&from={planted.phone(74)}", follow=True
            )
    for path in ("/api/v1/organisations", f"/api/v1/organisations/{planted.resident(75)}", "/api/v1/lists/administrative_penalty",
                 f"/api/v1/records/{planted.phone(75)}", "/api/v1/submissions", "/api/v1/statistics"):  # fmt: skip
        journey.visitor.get(f"{path}?{more}")
        journey.visitor.get(path, HTTP_AUTHORIZATION=f"Bearer {planted.resident(76)}")
    for path in ("/metrics", "/healthz", "/readyz", "/log/checkpoint", "/search/suggestions/"):
        journey.visitor.get(f"{path}?{more}")


def _errors(journey, monkeypatch):
    """Every kind of refusal, each with planted values where something can be typed: address, headers, cookies, forms."""
    typed = {"q": TYPED, "number": planted.resident(80), "check_code": planted.phone(80), "purpose": TYPED, "reason": TYPED}
    head = {
        "HTTP_USER_AGENT": TYPED,
        "HTTP_REFERER": f"http://testserver/?q={planted.resident(81)}",
        "HTTP_X_REQUEST_ID": planted.resident(82),
    }
    plain = journey.visitor
    for name in (planted.resident(83), "demo.clerk", "demo.reviewer"):
        for _ in range(6):
            journey.visitor.post("/account/login/", {"login": name, "password": planted.resident(84)}, **head)
    for path in (f"/{planted.resident(85)}", f"/records/{planted.resident(85)}/", f"/subjects/{planted.phone(85)}/",
                 f"/api/v1/{planted.resident(85)}", f"/workbench/submissions/{planted.resident(86)}/",
                 f"/static/{planted.resident(85)}.js", f"/log/tile/0/{planted.resident(85)}"):  # fmt: skip
        for client in (plain, journey.people[Role.CLERK]):
            client.get(path, follow=True, **head)
            client.post(path, typed, **head)
    plain.get("/", HTTP_HOST=f"{planted.phone(87)}.example.cn")
    plain.get("/", HTTP_HOST=f"{planted.resident(87)}@x")
    strict = type(plain)(journey.seen, enforce_csrf_checks=True)
    for path in ("/verify/", "/reports/", "/account/login/", "/subjects/1/report/"):
        strict.post(path, typed, **head)
        plain.post(path, typed, **head)
    plain.post("/oauth/token", {"client_id": planted.resident(88), "client_secret": TYPED, "grant_type": "client_credentials"})
    plain.post("/api/v1/reports/verification/number", json.dumps(typed), content_type="application/json")
    plain.put("/search/", TYPED, **head)
    with monkeypatch.context() as small:
        small.setattr(settings, "DATA_UPLOAD_MAX_MEMORY_SIZE", 10)
        plain.post("/verify/", typed, **head)
    system = Door(token_of(make_system()), client=plain)
    draft = system.begin()
    body = {"rows": [world.penalty(90, CF_SY=TYPED, CF_XDR_SHXYM=planted.resident(90)), {f"列{planted.resident(91)}": TYPED}]}
    for path in (f"/{draft}/rows", f"/{draft}/check", f"/{planted.resident(92)}/rows"):
        system.post(path, body)
    system.post(f"/{draft}/rows", {"rows": [world.penalty(90, CF_SY=TYPED, CF_XDR_SHXYM=planted.resident(90))]})
    system.post(f"/{draft}/check")
    system.get(f"/{draft}")
    system.get(f"/{draft}/findings")

    def breaks(**_):
        raise ValueError(f"cannot read {TYPED}")

    from xinheng.portal.selectors import search

    with monkeypatch.context() as broken:
        broken.setattr(search, "search_page", breaks)
        assert plain.get(f"/search/?q={planted.resident(93)}", follow=True, **head).status_code == 500


def _commands(journey, submission, tmp_path):
    """What an operator runs, with planted values where something is typed."""
    record, company, number = CurrentRecord.objects.first(), Subject.objects.first(), submission.number
    by = ("--by", "演示值班")
    for words in (
        ("intake", "status", number), ("intake", "receipt", number), ("intake", "doubts", number),
        ("intake", "check", tmp_path / "c.csv", "--format", "json"),
        ("intake", "check", tmp_path / "c.csv", "--format", "xlsx", "--out", journey.out / "检查.xlsx"), ("intake", "resume"),
        ("intake", "check", tmp_path / "c.csv", "--item", planted.resident(100)),
        ("intake", "status", planted.resident(101)),
        ("record", "dispute", record.record_id, *by, "--reason", TYPED),
        ("record", "hold", record.record_id, *by, "--reason", TYPED), ("record", "release", record.record_id, *by, "--reason", TYPED),
        ("record", "undispute", record.record_id, *by, "--reason", TYPED),
        ("explain", record.record_id), ("explain", planted.resident(102)),
        ("report", "issue", company.uscc, "--out", journey.out, *by), ("report", "issue", planted.resident(103), "--out", journey.out, *by),
        ("export", "--item", "penalty", "--out", journey.out / "上报.xlsx", *by),
        ("snapshot", "make"), ("snapshot", "list"), ("log", "append"), ("log", "status"), ("log", "fsck", "--no-stop"),
        ("monitoring", "measure"), ("monitoring", "remind"), ("monitoring", "bulletin", "--month", "2026-03", "--out", journey.out),
        ("audit", "search", "--limit", "1000"), ("audit", "export", "--out", journey.out / "trail.csv"),
        ("audit", "search", "--actor", planted.resident(104)), ("account", "list"), ("client", "list"),
        ("retention", "due"), ("retention", "run"), ("doctor", "--production"), ("recheck", "--no-stop"),
        ("backup", "new-identity", "--out", tmp_path / "identity.txt"),
        ("publish", "stop", "--reason", TYPED, *by), ("publish", "resume", "--reason", TYPED, *by),
    ):  # fmt: skip
        journey.command(*words)


REPRESENTATIVES = {"legal representative"}
"""Names that the national template requires (P4 d). Where they may be besides the upload, always on the way and never for long:"""
WHERE_REPORTED = re.compile(r"(GET|POST) /workbench/(submissions/[^/]+/(cell/|marked\.xlsx|marked-rest\.csv)|records/new/.*)")
"""Pages, and workbooks (检查.xlsx), on which the organ's own clerk or reviewer sees a row as the organ reported it, to put it right."""
BETWEEN_STEPS = re.compile(r"intake/[^/]+/landed\.parquet")
"""The table of a batch that is not finished yet; gone when it is."""


def _echoed(answer: Answer, finds: list[str]) -> bool:
    """Return whether a form that was refused shows what the same person typed into it, to put it right."""
    return (
        answer.asked.startswith("POST") and answer.status in (200, 422) and bool(finds) and bool(planted.found_in(answer.typed))
    )


def _leaks(journey, owner_connection):
    """Return everything that should not be where it is, and how much of what was looked at."""
    leaks: list[str] = []
    counted = dict.fromkeys(("answers", "addresses", "lines", "commands", "files", "tables"), 0)

    def look(where: str, content: bytes, *, kind: str, allowed: frozenset[str] | set[str] = frozenset()) -> None:
        counted[kind] += 1
        finds = [one for one in planted.found_in(content) if one.split(",")[0] not in allowed]
        leaks.extend(f"{where}: {one}" for one in finds)

    for answer in journey.seen.answers:
        where = f"{answer.asked} {answer.status}"
        look(f"an address on {where}", "\n".join(answer.addresses).encode(), kind="addresses")
        look(f"headers of {where}", answer.headers, kind="answers")
        own = REPRESENTATIVES if WHERE_REPORTED.match(answer.asked) else set()
        if not _echoed(answer, planted.found_in(answer.content)):
            look(where, answer.content, kind="answers", allowed=own)
    look("the log", "\n".join(journey.lines.said).encode(), kind="lines")
    counted["lines"] = len(journey.lines.said)
    for said in journey.said:
        look("a command", said.encode(), kind="commands")
    for name, content in files_below(settings.XINHENG_VAR, journey.out, but=SEALED):
        own = REPRESENTATIVES if name.startswith(("上报", "检查")) or BETWEEN_STEPS.fullmatch(name) else set()
        look(f"file {name}", content, kind="files", allowed=own)
    for name, content in tables_of(owner_connection):
        look(f"table {name}", content, kind="tables")
    return leaks, counted


def _everybody_sees(journey, owner_connection, submission):
    """Every collector finds something harmless that was there, or it would find nothing at all."""
    answers = journey.seen.answers
    assert {200, 302, 400, 401, 403, 404, 405, 413, 422, 429, 500} <= {answer.status for answer in answers}
    assert any(world.name(1).encode() in answer.content for answer in answers)
    assert any(f"/submissions/{submission.number}/" in address for answer in answers for address in answer.addresses)
    assert any(address.startswith("/account/login/?next=/workbench/") for answer in answers for address in answer.addresses)
    assert any(b"X-Request-ID: " in answer.headers for answer in answers)
    assert any(b"xl/worksheets" in answer.content for answer in answers if answer.asked.endswith("marked.xlsx")), "unpacked"
    said = "\n".join(journey.lines.said)
    assert all(mark in said for mark in ("route=portal:search", '"route": "workbench:upload"', "DEBUG", "builtins.ValueError"))
    assert "110*************" in said or "110*************" in "\n".join(journey.said), "masked, not lost"
    assert any(submission.number in text for text in journey.said)
    assert journey.misused == [("intake", "check")], "only the item that is none, typed on purpose, was not understood"
    files = dict(files_below(settings.XINHENG_VAR, journey.out, but=SEALED))
    assert world.name(1).encode() in b"".join(content for name, content in files.items() if name.endswith(".parquet"))
    assert planted.representative(1).encode() in files["上报.xlsx"], "the upload names the representative (P4 d)"
    for mark in ("tlog/", "opendata/", "trail.csv", ".pdf"):
        assert any(mark in name for name in files), mark
    tables = dict(tables_of(owner_connection))
    assert len(tables) > 90
    for name, mark in (
        ("public.records_recordversion", world.name(1)), ("public.intake_submissionevent", "110*************"),
        ("public.axes_accessattempt", "110*************"), ("public.procrastinate_jobs", "intake.submission_advance"),
        ("sessions, opened", "_auth_user_id"), ("public.tlog_logleaf", ""),
    ):  # fmt: skip
        assert mark.encode() in tables[name], (name, mark)
    # What is sealed is there, and is what it is: nobody finds the names by searching, and the key opens them.
    opened = person_fields_open(versions=[CurrentRecord.objects.exclude(key_id=None)[0]])
    assert planted.REPRESENTATIVE in str(opened)


@pytest.mark.personal_data
def test_no_planted_value_is_anywhere_in_any_form(journey, tmp_path, owner_connection, monkeypatch, record_property):
    submission = _report(journey, tmp_path)
    submission = _decide(journey, submission)
    assert (submission.state, CurrentRecord.objects.count() > 1) == (SubmissionState.PUBLISHED, True)
    _office(journey)
    _pages(journey, submission)
    _errors(journey, monkeypatch)
    _commands(journey, submission, tmp_path)

    _everybody_sees(journey, owner_connection, submission)
    leaks, counted = _leaks(journey, owner_connection)
    assert leaks == [], "\n".join(leaks)
    assert min(counted.values()) > 20, counted
    for kind, amount in counted.items():
        record_property(f"looked_at_{kind}", amount)


@pytest.mark.parametrize("kind", planted.BEGINNINGS)
def test_the_search_finds_every_form(kind):
    """Each form that it looks for is found where it lies inside other bytes; nothing is found where nothing is."""
    text = planted.BEGINNINGS[kind]
    around = "演示……".encode()
    for name, written in planted.forms(text):
        found = planted.found_in(around + written + around)
        assert any(one.startswith(f"{kind}, {name}:") for one in found), (kind, name)
    for shift in range(3):
        whole = base64.b64encode(b"x" * shift + text.encode() + b"tail")
        assert any("base64" in one for one in planted.found_in(whole)), shift
    assert planted.found_in("演示夔门1号食品有限公司，电话110*************18".encode()) == []
