"""Tell people, keep how they want to be told, and send what leaves the house (通知、外发)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from xinheng.accounts.domain import Actor
from xinheng.adapters.clock import CHINA
from xinheng.adapters.crypto import new_key, open_sealed, seal, unwrap_key, wrap_key
from xinheng.adapters.jobs import job_defer
from xinheng.adapters.sms import sms_send
from xinheng.audit.services import event_record
from xinheng.notices.domain import CHANNEL_LABELS, Channel, NoticeKind, is_address, notice_text
from xinheng.notices.errors import ContactUnusable
from xinheng.notices.models import Contact, Delivery, Notice
from xinheng.notices.selectors import contacts_over

DELIVER: Final = "notices.deliver"
_FAILURE_LENGTH: Final = 80


def notices_send(
    *,
    account_ids: Iterable[int],
    kind: NoticeKind,
    number: str,
    now: datetime,
    due: date | None = None,
    until_read: bool = False,
) -> int:
    """Tell these people, in the caller's transaction; return how many. What leaves the house is put into the queue.

    Args:
        account_ids: who is told; each once.
        kind: what happened.
        number: the number of what it happened to; nothing else of it is told.
        now: the moment, aware.
        due: the day by which something must be done, if there is one.
        until_read: who has not looked at the same notice yet is not told again: of what happens often to one number.
    """
    told = sorted(set(account_ids))
    if until_read and told:
        unread = Notice.objects.filter(account_id__in=told, kind=kind.value, number=number, read_at__isnull=True)
        told = sorted(set(told) - set(unread.values_list("account_id", flat=True)))
    if not told:
        return 0
    notices = Notice.objects.bulk_create(
        Notice(account_id=account_id, kind=kind.value, number=number, due=due, at=now) for account_id in told
    )
    by_account = {notice.account_id: notice for notice in notices}
    wanted = Contact.objects.filter(account_id__in=told).values_list("account_id", "channel").order_by("pk")
    deliveries = Delivery.objects.bulk_create(
        Delivery(notice=by_account[account_id], channel=channel) for account_id, channel in wanted
    )
    for delivery in deliveries:
        job_defer(task=DELIVER, delivery_id=delivery.pk)
    return len(told)


def notices_read(*, actor: Actor, up_to: int, now: datetime) -> int:
    """Mark this person's notices up to the one with number ``up_to`` as read; return how many were not."""
    unread = Notice.objects.filter(account_id=actor.account_id, read_at__isnull=True, pk__lte=up_to)
    return unread.update(read_at=now)


@transaction.atomic
def contact_set(*, actor: Actor, channel: Channel, address: str, now: datetime) -> None:
    """Keep where this person wants to be told besides, sealed; an empty ``address`` forgets it.

    Raises:
        ContactUnusable: it is no address of the channel.
    """
    typed = address.strip()
    if typed and not is_address(channel, typed):
        label = CHANNEL_LABELS[channel]
        raise ContactUnusable(what=label, expected=label)
    Contact.objects.filter(account_id=actor.account_id, channel=channel).delete()
    if typed:
        key = new_key()
        Contact.objects.create(
            account_id=actor.account_id,
            channel=channel,
            sealed=seal(key, typed.encode(), _bound_to(actor.account_id, channel)),
            wrapped_key=wrap_key(key),
            set_at=now,
        )
    event_record(
        action=f"notices.contact.{'set' if typed else 'forgotten'}",
        actor=actor.signature,
        target=("account", str(actor.account_id)),
        at=now,
        channel=channel.value,
    )


def contacts_forget(*, on_date: date, days: int, actor: str, now: datetime) -> int:
    """Forget where people wanted to be told who have held no role for ``days`` days; return how many. Safe to repeat."""
    gone, _ = contacts_over(on_date=on_date, days=days).delete()
    if gone:
        event_record(
            action="notices.contacts.forgotten",
            actor=actor,
            target=("contacts", "over"),
            at=now,
            count=gone,
            ground=f"离岗满{days}天",
        )
    return gone


def delivery_send(*, delivery_id: int, now: datetime) -> None:
    """Send one notice out; safe to repeat. What cannot be sent is noted and raised, so that the job tries again.

    A kill between the sending and its note sends twice: better than never.
    """
    with transaction.atomic():
        found = Delivery.objects.select_for_update(of=("self",)).select_related("notice").filter(pk=delivery_id).first()
        if found is None or found.sent_at is not None or found.dropped_at is not None:
            return
        notice = found.notice
        contact = Contact.objects.filter(account_id=notice.account_id, channel=found.channel).first()
        if contact is None:  # forgotten meanwhile: nobody is told where nobody wants to be
            found.dropped_at = now
            found.save(update_fields=["dropped_at"])
            return
        address = open_sealed(
            unwrap_key(bytes(contact.wrapped_key)),
            bytes(contact.sealed),
            _bound_to(notice.account_id, Channel(found.channel)),
        ).decode()
        text = notice_text(
            kind=NoticeKind(notice.kind), number=notice.number, due=notice.due, today=now.astimezone(CHINA).date()
        )
        found.attempts += 1
        problem: Exception | None = None
        try:
            _SENDERS[Channel(found.channel)](address, text, now)
        except Exception as error:  # noqa: BLE001 - whatever a mail or SMS server answers; noted without the address
            problem, found.failure = error, type(error).__name__[:_FAILURE_LENGTH]
        else:
            found.sent_at, found.failure = now, ""
        found.save(update_fields=["attempts", "failure", "sent_at"])
    if problem is not None:
        raise problem


def _bound_to(account_id: int, channel: Channel) -> bytes:
    return f"contact:{account_id}:{channel.value}".encode()


def _mail(address: str, text: str, now: datetime) -> None:
    del now
    site = settings.XINHENG_SITE_URL or "本平台"
    body = f"{text}\n\n请登录{site}的工作台查看。这封信由平台自动发出，不用回复。\n"
    EmailMessage(subject=f"【{settings.XINHENG_SITE['name']}】{text}", body=body, to=[address]).send()


def _sms(address: str, text: str, now: datetime) -> None:
    sms_send(number=address, text=f"【{settings.XINHENG_SITE['name']}】{text}", now=now)


_SENDERS: Final = {Channel.EMAIL: _mail, Channel.SMS: _sms}
