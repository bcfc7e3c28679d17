"""Every read of what is not public is in the trail before it is answered, and confirmed when it was (ADR 0060)."""

import click
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import NOW, ORGAN, make_account, set_up_totp, signed_in_client
from tests.factories.intake_world import penalty
from tests.factories.systems import PENALTY, Door, make_system, token_of

from xinheng.accounts.domain import Role
from xinheng.adapters import clock, jobs
from xinheng.adapters.reach import NOTHING, reaching
from xinheng.adapters.work import NOBODY, Work, work_now
from xinheng.audit.domain import ReadPurpose, aim_of
from xinheng.audit.models import Change, Read, ReadSent
from xinheng.audit.services import confirm_when_sent, read_log
from xinheng.config.api import openapi
from xinheng.config.at_work import NOT_READING, ON_THEIR_OWN, READING
from xinheng.config.cli import GROUPS, cli
from xinheng.config.walls import ReachMiddleware
from xinheng.intake.models import Submission
from xinheng.workbench.views.gate import signed_in

PERSON = "11010519491231002X"
AIM = aim_of({}, {}, kinds={})
BODIES = {
    "submissions": {"item": PENALTY, "secret_free": True},
    "rows": {"rows": [penalty(1)]},
    "explanations": {"rule": "V01", "text": "系统升级"},
}
"""Last word of an address of the API → what it is sent."""


@pytest.fixture(autouse=True)
def _today():
    with clock.fixed(NOW):
        yield


def lines():
    return list(Read.objects.order_by("pk"))


def confirmed():
    return set(ReadSent.objects.values_list("pk", flat=True))


class TestBeforeItIsAnswered:
    @pytest.fixture
    def clerk(self, fresh_database):
        account = make_account("demo.clerk", Role.CLERK)
        set_up_totp(account)
        return account

    def asked(self, clerk, page):
        request = RequestFactory().get("/workbench/", REMOTE_ADDR="192.0.2.7")
        request.user = clerk
        return ReachMiddleware(signed_in(Role.CLERK)(page))(request)

    def test_the_line_is_committed_when_the_page_begins(self, clerk, app_connection):
        seen = []

        def page(request, actor):
            seen.append(app_connection.execute("SELECT actor, organ_codes, roles, address, door FROM audit_read").fetchall())
            return HttpResponse("1234")

        response = self.asked(clerk, page)
        assert seen == [[(f"account:{clerk.pk}", ORGAN, "CLERK", "192.0.2.7", "web")]]
        assert not confirmed()
        response.close()
        assert [(sent.status, sent.size) for sent in ReadSent.objects.all()] == [(200, 4)]
        assert confirmed() == {line.pk for line in lines()}

    def test_a_page_that_fails_leaves_its_line_unconfirmed(self, clerk):
        def page(request, actor):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            self.asked(clerk, page)
        assert len(lines()) == 1
        assert not confirmed()
        assert work_now() is NOBODY

    def test_what_is_broken_off_stays_unconfirmed(self, clerk):
        whole = self.asked(clerk, lambda request, actor: StreamingHttpResponse([b"1", b"2"]))
        assert list(whole.streaming_content) == [b"1", b"2"]
        whole.close()
        broken = self.asked(clerk, lambda request, actor: StreamingHttpResponse([b"1", b"2"]))
        assert next(iter(broken.streaming_content)) == b"1"
        broken.close()
        first, second = lines()
        assert confirmed() == {first.pk}
        assert second.pk not in confirmed()

    def test_inside_a_transaction_nothing_is_read(self, clerk):
        """The line would go with the transaction: refused, not logged by half."""
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            read_log(work=Work(actor="a"), aim=AIM)

    def test_without_the_trail_there_is_no_answer(self, clerk, owner_connection):
        owner_connection.execute("REVOKE INSERT ON audit_read FROM xinheng_app")
        answered = []
        with pytest.raises(Exception, match="audit_read"):
            self.asked(clerk, lambda request, actor: answered.append(1) or HttpResponse())
        assert answered == []

    def test_a_confirmation_that_fails_is_no_error_of_the_reader(self, clerk, owner_connection):
        response = self.asked(clerk, lambda request, actor: HttpResponse())
        owner_connection.execute("REVOKE INSERT ON audit_readsent FROM xinheng_app")
        response.close()
        assert response.closed
        assert not confirmed()


def test_public_pages_cost_and_leave_nothing(db, client):
    with CaptureQueriesContext(connection) as asked:
        for address in ("/", "/search/?q=奉节", "/api/v1/organisations?q=奉节"):
            assert client.get(address).status_code == 200
    assert not [query for query in asked.captured_queries if "audit" in query["sql"]]
    assert lines() == []


def test_a_persons_number_is_not_kept(db):
    clerk = signed_in_client(make_account("demo.clerk"))
    # A browser is sent to the masked address first (ADR 0068).
    clerk.get(f"/workbench/submissions/{PERSON}/", follow=True)
    clerk.get("/workbench/submissions/张三/")
    clerk.get(f"/workbench/submissions/?state=MATCHED&q=张三&{PERSON}=1", follow=True)
    told = " ".join(f"{line.object_id} {line.case_no} {line.asked} {line.what}" for line in lines())
    assert PERSON not in told
    assert "张三" not in told
    masked, name, filtered = lines()
    assert masked.object_id == "110*************2X"
    assert (name.object_id, name.object_kind) == ("…", "submission")
    assert filtered.asked == {"state": "MATCHED", "names": ["110*************2X", "q"]}


def test_every_operation_of_the_api_that_needs_a_token(db):
    letter = make_system()
    door = Door(token_of(letter))
    report = door.begin()
    tried = 0
    for path, operations in openapi()["paths"].items():
        for method, operation in operations.items():
            if "security" not in operation:
                continue
            tried += 1
            before = len(lines())
            address = path.removeprefix("/api/v1/submissions").format(report_id=report)
            response = door.get(address) if method == "get" else door.post(address, BODIES.get(path.rpartition("/")[2], {}))
            found = lines()[before:]
            assert [line.door for line in found] == ["api"], (path, method, response.status_code)
            assert (found[0].actor, found[0].organ_codes) == (f"client:{letter.client.pk}", ORGAN)
            assert found[0].purpose == ReadPurpose.REPORTING
            assert found[0].object_id == (report if "{report_id}" in path else "")
            assert found[0].pk in confirmed()
    assert tried >= 6
    # What a system changed names it too.
    changed = Change.objects.filter(table_name="exchange_reportpart", operation="INSERT").latest("pk")
    assert (changed.actor, changed.door, changed.case_no) == (f"client:{letter.client.pk}", "api", f"report:{report}")


def test_no_answer_of_the_api_without_a_token_is_a_read(db):
    assert Client().get("/api/v1/submissions/00000000-0000-4000-8000-000000000000").status_code == 401
    assert lines() == []


def leaves(path, command):
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from leaves(f"{path} {name}", inner)
    else:
        yield path


def test_every_command_says_whether_it_reads():
    context = click.Context(cli)
    found = {path for name in GROUPS for path in leaves(name, cli.get_command(context, name))}
    assert found == {*READING, *NOT_READING, *ON_THEIR_OWN}
    assert not set(READING) & set(NOT_READING)


def test_a_command_that_reads_is_in_the_trail(db):
    told = CliRunner().invoke(cli, ["intake", "status"])
    assert told.exit_code == 0, told.output
    (line,) = lines()
    assert (line.door, line.what, line.purpose) == ("command", "xinheng intake status", "REPORTING")
    assert line.actor.startswith("os:")
    assert line.pk in confirmed()
    # One that fails, or finds nothing, is a line all the same.
    assert CliRunner().invoke(cli, ["intake", "receipt", "FJ-20260331-0001"]).exit_code != 0
    assert lines()[-1].case_no == "submission:FJ-20260331-0001"
    assert lines()[-1].pk not in confirmed()
    assert work_now() is NOBODY


def test_a_command_that_changes_says_who_it_was(db):
    told = CliRunner().invoke(
        cli, ["account", "invite", "demo.boss", "--name", "演示", "--organ", ORGAN, "--ground", "1号", "--by", "机房值班"]
    )
    assert told.exit_code == 0, told.output
    change = Change.objects.filter(table_name="accounts_invitation").latest("pk")
    assert (change.door, change.what) == ("command", "xinheng account invite")
    assert lines() == []


def test_a_job_is_the_platform_itself(db):
    seen = []
    jobs._at_work("intake.advance", lambda **_arguments: seen.append(work_now()))(number="FJ-1")
    assert (seen[0].door, seen[0].actor, seen[0].what) == ("job", "system", "intake.advance")
    assert seen[0].request
    assert work_now() is NOBODY


def test_what_was_opened_is_closed_with_the_request(fresh_database):
    """The database knows who is at work as long as this is so, after a rollback too."""

    def known():
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('xinheng.work', true), '')")
            return cursor.fetchone()[0]

    assert known() == ""
    with reaching(NOTHING, work=Work(actor="account:7", what="o'brien\\")):
        assert known() == '{"actor": "account:7", "what": "o\'brien\\\\"}'
        with transaction.atomic():
            Submission.objects.count()
            transaction.set_rollback(True)
        assert "account:7" in known()
    assert known() == ""


def test_signing_in_names_the_request_that_changed_the_account(db):
    account = make_account("demo.clerk")
    client = signed_in_client(account)
    client.post("/account/logout/")
    before = Change.objects.count()
    from tests.factories.accounts import PASSWORD

    Client().post("/account/login/", {"login": "demo.clerk", "password": PASSWORD})
    found = list(Change.objects.order_by("pk")[before:].values_list("door", "what", flat=False))
    assert all(one == ("web", "account") for one in found)
    assert settings.XINHENG_TRAIL_MONTHS == 60


def test_confirming_keeps_the_answer_as_it_is(fresh_database):
    mark = read_log(work=Work(actor="a"), aim=AIM)
    response = HttpResponse("x", status=404)
    confirm_when_sent(response, mark)
    response.close()
    sent = ReadSent.objects.get(pk=mark.number)
    assert (sent.status, sent.size, sent.at) == (404, 1, mark.at)
