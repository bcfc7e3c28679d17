"""What the reader found in a row (``_pii``), as expressions: ``CF_SY:resident_id;联系电话:phone;``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Item
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import PersonalScope, Rule

if TYPE_CHECKING:
    import ibis.expr.types as ir


def has_personal(row: Row, rule: Rule) -> ir.BooleanValue:
    """Return whether ``_pii`` names a number of the rule's kinds in one of its columns."""
    scope = rule.personal
    assert scope is not None, f"{rule.id} says nothing about personal numbers"
    kinds = "|".join(sorted(scope.kinds))
    known = "|".join(re.escape(field.key) for field in row.item.fields)
    found = row.personal_numbers
    keys = scope.keys(row.item)
    in_known = ibis.literal(value=False)
    if keys:
        in_known = found.re_search(rf"(^|;)({'|'.join(map(re.escape, sorted(keys)))}):({kinds})(;|$)")
    in_unknown = ibis.literal(value=False)
    if scope.unknown:
        rest = found.re_replace(rf"(^|;)({known}):[a-z_]+", r"\1")
        in_unknown = rest.re_search(rf":({kinds})(;|$)")
    # Nearly every row has an empty _pii: the regular expressions run for the others only.
    return ibis.ifelse(found == "", False, in_known | in_unknown)


def entries(*, found: str, item: Item, scope: PersonalScope) -> Iterator[tuple[str, str]]:
    """Yield (catalogue key or label of an unknown column, kind) of what a rule is about, in the order found."""
    known = {field.key for field in item.fields}
    keys = scope.keys(item)
    for entry in found.split(";"):
        column, separator, kind = entry.rpartition(":")
        if separator and kind in scope.kinds and (column in keys or (scope.unknown and column not in known)):
            yield column, kind
