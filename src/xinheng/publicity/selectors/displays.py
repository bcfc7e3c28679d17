"""The one selector that decides in SQL what is shown."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import DateField, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from xinheng.publicity.expressions import display_end
from xinheng.publicity.selectors.law import DisplayLaw, law_current
from xinheng.records.models import CurrentRecord
from xinheng.records.selectors import records_current, records_unsealed
from xinheng.subjects.domain import SubjectKind

_COMPILED_AT_MOST = 8
_compiled: dict[tuple[str, date], tuple[str, Sequence[Any]]] = {}


def displays(*, on_date: date, item_ids: Sequence[str] | None = None, law: DisplayLaw | None = None) -> QuerySet[CurrentRecord]:
    """Return the current records that may be shown on ``on_date`` (Asia/Shanghai day), newest decision first.

    Annotated with ``display_end`` (exclusive; ``expressions.ALWAYS`` is long-term). Public doors pass the real day; there
    is no way to ask for another day's archive here. Records against sole traders are among them: doors that are not
    answering for a full name or code leave them out with :func:`without_sole_traders`.
    """
    law = law or law_current()
    wanted = [item_id for item_id in law.items if item_ids is None or item_id in item_ids]
    return (
        records_unsealed()
        .filter(_known(law, wanted), _unmarked(on_date), decision_date__lte=on_date)
        .annotate(display_end=_display_end(law, on_date))
        .filter(display_end__gt=on_date)
        .select_related("subject__merged_into")
        .order_by("-decision_date", "-record_id")
    )


def display_ends(*, on_date: date, law: DisplayLaw) -> QuerySet[CurrentRecord]:
    """Return every current record, shown or not, with the end of its display as read on ``on_date``, in order of publication.

    Annotated as :func:`displays` annotates, and to be asked as directly; for whoever looks for displays that ended.
    """
    return records_unsealed().annotate(display_end=_display_end(law, on_date))


def displayable(*, law: DisplayLaw, on_date: date) -> Q:
    """Return the condition on a current record for being shown on ``on_date``, besides that its display has not ended."""
    return _known(law, list(law.items)) & _unmarked(on_date) & Q(decision_date__lte=on_date)


def _display_end(law: DisplayLaw, on_date: date) -> RawSQL:
    """Return the law's display end as ready SQL: one text per law and day, as Django takes 50 ms to write it anew.

    The text names columns of the current records by their table, so the result of :func:`displays` is to be asked
    directly and never put inside another query, where the table would get another name. Values stay parameters.
    """
    key = (law.catalogue.hash, on_date)
    compiled = _compiled.get(key)
    if compiled is None:
        query = records_current().query
        resolved = display_end(book=law.book, on_date=on_date, organs_of=law.organs_of).resolve_expression(query)
        compiled = query.get_compiler("default").compile(resolved)
        if len(_compiled) >= _COMPILED_AT_MOST:
            _compiled.clear()
        _compiled[key] = compiled
    text, values = compiled
    return RawSQL(text, values, output_field=DateField())  # noqa: S611 - written by Django itself, just above


def without_sole_traders(*, records: QuerySet[CurrentRecord], law: DisplayLaw) -> QuerySet[CurrentRecord]:
    """Leave out what speaks against sole traders: not for lists, counts, feeds and exports (P2)."""
    sole_trader = (
        Q(is_sole_trader=True)
        | Q(subject__kind=SubjectKind.SOLE_TRADER)
        | Q(subject__merged_into__kind=SubjectKind.SOLE_TRADER)
    )
    return records.filter(~Q(item_id__in=sorted(law.adverse_items)) | ~sole_trader)


def is_sole_traders(*, record: CurrentRecord) -> bool:
    """Return whether the record is a sole trader's, by what was reported or by the register as it is now."""
    merged = record.subject.merged_into
    kinds = {record.subject.kind, merged.kind if merged is not None else ""}
    return record.is_sole_trader or SubjectKind.SOLE_TRADER in kinds


def _known(law: DisplayLaw, item_ids: list[str]) -> Q:
    """Return the condition that everything the display depends on is known and public."""
    adverse = sorted(law.adverse_items.intersection(item_ids))
    penalties = sorted(law.penalty_items.intersection(item_ids))
    condition = Q(item_id__in=item_ids)
    condition &= ~Q(item_id__in=adverse) | Q(organ_code__in=sorted(law.organ_codes))
    condition &= ~Q(item_id__in=penalties) | Q(penalty_mask__gt=0)
    if law.private_lists:
        condition &= Q(list_type=None) | ~Q(list_type__in=sorted(law.private_lists))
    for item_id, (name, texts) in law.declared_public.items():
        condition &= ~Q(item_id=item_id) | Q(**{f"fields__{name}__in": list(texts)})
    return condition


def _unmarked(on_date: date) -> Q:
    """Return the condition that no mark stops the display; ``domain.marks_against`` says the same in words."""
    return Q(
        Q(disputed_until=None) | Q(disputed_until__gte=on_date),
        withdrawn=False,
        held=False,
        on_the_spot=False,
        revoked_date=None,
        repaired_date=None,
        delisted_date=None,
    )


def in_list_order(*, records: QuerySet[CurrentRecord], newest_first: bool) -> QuerySet[CurrentRecord]:
    """Return ``records`` in the order of lists or in its reverse."""
    if newest_first:
        return records.order_by("-decision_date", "-record_id")
    return records.order_by(F("decision_date"), F("record_id"))
