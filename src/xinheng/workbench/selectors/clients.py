"""Registered systems as an administrator reads them."""

from datetime import date

from xinheng.accounts.domain import PURPOSE_LABELS, Purpose
from xinheng.accounts.models import SystemClient
from xinheng.accounts.selectors import clients_listed
from xinheng.adapters.clock import CHINA
from xinheng.kernel.dates import chinese_date
from xinheng.workbench.domain import ClientLine
from xinheng.workbench.selectors.organs import item_title, organ_name


def client_lines(*, on_date: date) -> tuple[ClientLine, ...]:
    """Return all systems, those in use on the Asia/Shanghai day ``on_date`` first. One query."""
    lines = [_line(client, on_date) for client in clients_listed()]
    return tuple(sorted(lines, key=lambda line: bool(line.ended)))


def _line(client: SystemClient, on_date: date) -> ClientLine:
    by = client.registered_by.display_name if client.registered_by else f"{client.registered_from_server}（在服务器上）"
    ended = ""
    if client.revoked_at is not None:
        who = client.revoked_by.display_name if client.revoked_by else f"{client.revoked_from_server}（在服务器上）"
        ended = f"{chinese_date(client.revoked_at.astimezone(CHINA).date())}由{who}停用：{client.revoked_ground}"
    elif client.valid_until is not None and client.valid_until < on_date:
        ended = f"{chinese_date(client.valid_until)}到期"
    return ClientLine(
        client_id=client.pk,
        name=client.name,
        organ=organ_name(client.organ_code),
        oauth_id=client.oauth_id,
        items=tuple(item_title(item) for item in client.items),
        purposes=tuple(PURPOSE_LABELS[Purpose(purpose)] for purpose in client.purposes),
        since=client.valid_from,
        until=client.valid_until,
        registered=f"{chinese_date(client.registered_at.astimezone(CHINA).date())}由{by}登记，依据：{client.ground}",
        is_open=client.revoked_at is None,
        ended=ended,
    )
