"""Who is told, and what leaves the house: a number, a state, days left, to addresses that nobody else sees."""

import json
import smtplib
from datetime import date, timedelta

import psycopg
import pytest
from django.conf import settings
from django.core import mail
from tests.factories.accounts import NOW, make_account
from tests.factories.jobs import jobs_run, jobs_waiting

from xinheng.accounts.domain import Actor, Role
from xinheng.accounts.selectors import actor_of
from xinheng.adapters import clock
from xinheng.audit.models import Event
from xinheng.notices.domain import Channel, NoticeKind, notice_text
from xinheng.notices.errors import ContactUnusable
from xinheng.notices.models import Contact, Delivery
from xinheng.notices.selectors import contact_channels, notices_visible_to, unread_count
from xinheng.notices.services import contact_set, delivery_send, notices_read, notices_send

pytestmark = pytest.mark.django_db
NUMBER = "FJ-20260331-0001"
DUE = date(2026, 4, 3)


@pytest.fixture(autouse=True)
def _now():
    with clock.fixed(NOW):
        yield


def actor(name: str = "wang.ping", role: Role = Role.CLERK) -> Actor:
    return actor_of(account=make_account(name, role), on_date=NOW.date())


def tell(*actors: Actor, kind: NoticeKind = NoticeKind.RETURNED) -> None:
    notices_send(account_ids=[one.account_id for one in actors], kind=kind, number=NUMBER, due=DUE, now=NOW)


def test_a_notice_is_its_readers_alone_and_read_once():
    one, other = actor(), actor("li.na", Role.REVIEWER)
    tell(one)
    assert (unread_count(actor=one), unread_count(actor=other)) == (1, 0)
    newest = notices_visible_to(actor=one).get().pk
    assert notices_read(actor=other, up_to=newest, now=NOW) == 0
    assert notices_read(actor=one, up_to=newest, now=NOW) == 1
    assert notices_read(actor=one, up_to=newest, now=NOW) == 0
    assert unread_count(actor=one) == 0


def test_mail_goes_to_who_wants_it_with_number_state_and_days_only():
    one, other = actor(), actor("li.na", Role.REVIEWER)
    contact_set(actor=one, channel=Channel.EMAIL, address=" jingban@example.gov.cn ", now=NOW)
    tell(one, other)
    assert [name for name, _ in jobs_waiting()] == ["notices.deliver"]
    jobs_run()
    letter = mail.outbox[0]
    assert letter.to == ["jingban@example.gov.cn"]
    assert letter.subject == f"【信用奉节】批次 {NUMBER}：已退回，等你改正。最近的报送期限还剩3天。"
    assert len(mail.outbox) == 1
    jobs_run()
    delivery_send(delivery_id=Delivery.objects.get().pk, now=NOW)
    assert len(mail.outbox) == 1, "sent once"


def test_a_short_message_goes_to_a_file():
    one = actor()
    contact_set(actor=one, channel=Channel.SMS, address="13800138000", now=NOW)
    tell(one)
    jobs_run()
    paths = list((settings.XINHENG_VAR / "outbox" / "sms").iterdir())
    said = json.loads(paths[0].read_text())
    assert (said["to"], len(paths)) == ("13800138000", 1)
    assert NUMBER in said["text"]


def test_an_address_is_sealed_and_shown_to_nobody():
    one = actor()
    contact_set(actor=one, channel=Channel.EMAIL, address="jingban@example.gov.cn", now=NOW)
    contact_set(actor=one, channel=Channel.SMS, address="13800138000", now=NOW)
    stored = b"".join(bytes(c.sealed) + bytes(c.wrapped_key) for c in Contact.objects.all())
    assert b"jingban" not in stored
    assert b"138" not in stored
    assert "jingban" not in str(list(Event.objects.values_list("facts", flat=True)))
    assert contact_channels(actor=one) == {"EMAIL", "SMS"}
    contact_set(actor=one, channel=Channel.EMAIL, address="", now=NOW)
    assert contact_channels(actor=one) == {"SMS"}


@pytest.mark.parametrize(("channel", "address"), [(Channel.EMAIL, "无"), (Channel.EMAIL, "a@b"), (Channel.SMS, "023-5652")])
def test_what_is_no_address_is_refused(channel, address):
    with pytest.raises(ContactUnusable, match="没有保存"):
        contact_set(actor=actor(), channel=channel, address=address, now=NOW)
    assert not Contact.objects.exists()


def test_forgotten_meanwhile_is_not_sent():
    one = actor()
    contact_set(actor=one, channel=Channel.EMAIL, address="jingban@example.gov.cn", now=NOW)
    tell(one)
    contact_set(actor=one, channel=Channel.EMAIL, address="", now=NOW)
    jobs_run()
    assert not mail.outbox
    assert Delivery.objects.get().dropped_at == NOW


def test_what_cannot_be_sent_is_noted_without_the_address_and_tried_again(monkeypatch):
    one = actor()
    contact_set(actor=one, channel=Channel.EMAIL, address="jingban@example.gov.cn", now=NOW)
    tell(one)

    def refused(*_, **__):
        raise smtplib.SMTPRecipientsRefused({"jingban@example.gov.cn": (550, b"no")})

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", refused)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            jobs_run()
    delivery = Delivery.objects.get()
    assert (delivery.attempts, delivery.failure, delivery.sent_at) == (1, "SMTPRecipientsRefused", None)
    jobs_run()
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.failure, delivery.sent_at) == (2, "", NOW)


@pytest.mark.parametrize(("days", "words"), [(1, "还剩1天"), (0, "是今天"), (-2, "已过2天")])
def test_days_left_in_words(days, words):
    text = notice_text(kind=NoticeKind.RETURNED, number=NUMBER, due=NOW.date() + timedelta(days=days), today=NOW.date())
    assert words in text


def test_the_application_rewrites_no_notice(fresh_database, app_connection):
    for statement in (
        "UPDATE notices_notice SET number = 'x'",
        "DELETE FROM notices_notice",
        "DELETE FROM notices_delivery",
        "UPDATE notices_contact SET sealed = ''",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_connection.execute(statement)
