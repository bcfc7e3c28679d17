"""Drafts of one record (填报草稿): what a clerk has typed so far, masked and sealed under a key of its own (P11, P16)."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from xinheng.adapters.clock import CHINA
from xinheng.adapters.crypto import new_key, open_sealed, seal, unwrap_key, wrap_key
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.errors import DraftNotFound, RowOfPerson
from xinheng.intake.models import RecordDraft
from xinheng.intake.services.originals import retention_end
from xinheng.intake.services.record_form import record_is_personal, values_masked


@transaction.atomic
def draft_save(
    *,
    clerk: str,
    organ_code: str,
    item_id: str,
    values: Mapping[str, str],
    now: datetime,
    draft_id: uuid.UUID | None = None,
) -> RecordDraft:
    """Keep what was typed, in a new draft or in the clerk's own one with this id.

    Args:
        clerk: the login name of who types.
        organ_code: the organ that would report the record.
        item_id: the item of the catalogue.
        values: catalogue key to text as typed; personal numbers are masked before they are sealed.
        now: the moment; the draft is kept as long as an original would be.
        draft_id: the draft to write over.

    Raises:
        RowOfPerson: the record is about a natural person; nothing is kept, an earlier draft goes.
        DraftNotFound: the clerk has no such draft.
        KeyError: the catalogue has no such item.
    """
    own = RecordDraft.objects.select_for_update().filter(clerk=clerk, organ_code=organ_code, item_id=item_id)
    draft = own.filter(pk=draft_id).first() if draft_id is not None else None
    if draft_id is not None and draft is None:
        raise DraftNotFound
    item = catalogue_current().item(item_id)
    if record_is_personal(values=values, item_id=item_id):
        raise RowOfPerson
    kept = {key: value for key, value in values_masked(values=values, item=item).items() if value}
    key = new_key()
    name = draft.pk if draft is not None else uuid.uuid4()
    written = RecordDraft(
        id=name,
        clerk=clerk,
        organ_code=organ_code,
        item_id=item_id,
        wrapped_key=wrap_key(key),
        sealed=seal(key, json.dumps(kept, ensure_ascii=False).encode(), name.bytes),
        saved_at=now,
        keep_until=retention_end(received=now.astimezone(CHINA).date()),
    )
    written.save(force_update=draft is not None, force_insert=draft is None)
    return written


def draft_values(*, draft: RecordDraft) -> dict[str, str]:
    """Return what was typed, by catalogue key, as it was kept."""
    content = open_sealed(unwrap_key(bytes(draft.wrapped_key)), bytes(draft.sealed), draft.pk.bytes)
    values: dict[str, str] = json.loads(content)
    return values


def draft_discard(*, draft_id: uuid.UUID, clerk: str) -> bool:
    """Give a draft of one's own up; return whether there was one."""
    return bool(RecordDraft.objects.filter(pk=draft_id, clerk=clerk).delete()[0])
