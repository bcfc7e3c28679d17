"""Turn checked and matched rows into what records store: set-based, generic for every catalogue item, no database."""

from xinheng.intake.services.converting.drafts import DraftContext, draft_tables, landed_batches
from xinheng.intake.services.converting.expressions import (
    act_columns,
    date_of,
    document_no_key_of,
    fen_of,
    json_object_of,
    kinds_mask_of,
)

__all__ = [
    "DraftContext",
    "act_columns",
    "date_of",
    "document_no_key_of",
    "draft_tables",
    "fen_of",
    "json_object_of",
    "kinds_mask_of",
    "landed_batches",
]
