"""Short messages (短信): one function, and behind it the back end that the deployment chose (``XINHENG_SMS``).

``file`` writes each message into a file of its own under ``var/outbox/sms``; a county's SMS gateway is a further back end
with the same shape.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.conf import settings

from xinheng.adapters.storage import folder, write_atomically


def sms_send(*, number: str, text: str, now: datetime) -> None:
    """Send ``text`` to a mobile number.

    Raises:
        KeyError: ``XINHENG_SMS`` names no back end that there is.
        OSError: the back end could not take it; the caller tries again.
    """
    _BACK_ENDS[settings.XINHENG_SMS](number, text, now)


def _to_file(number: str, text: str, moment: datetime) -> None:
    path = folder("outbox", "sms") / f"{moment:%Y%m%d%H%M%S}-{secrets.token_hex(4)}.json"
    content = {"to": number, "text": text, "at": moment.isoformat()}
    write_atomically(path, json.dumps(content, ensure_ascii=False).encode())


_BACK_ENDS: Final[Mapping[str, Callable[[str, str, datetime], None]]] = {"file": _to_file}
