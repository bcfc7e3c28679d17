"""Organs stand in the catalogue's order whatever their figures (P13)."""

from datetime import date

from tests.factories.intake_files import real_catalogue

from xinheng.monitoring.domain import DueKind, DueLine
from xinheng.monitoring.selectors import late_organs


def _line(code, *, days, count):
    return DueLine(
        kind=DueKind.MEND,
        organ_code=code,
        item_id="administrative_penalty",
        number=f"FJ-{code[-4:]}",
        count=count,
        due=date(2026, 4, 24),
        is_late=True,
        days=days,
    )


def test_late_organs_stand_in_the_order_of_the_catalogue():
    organs = real_catalogue().organs[:4]
    codes = [organ.code for organ in organs]
    for order in (codes, codes[::-1]):
        lines = tuple(_line(code, days=days, count=days) for days, code in enumerate(order, start=1))
        found = late_organs(lines=lines, organs=organs)
        assert [late.organ.code for late in found] == codes
        assert {late.organ.code: late.to_mend for late in found} == {code: order.index(code) + 1 for code in codes}
    # One that is not late is not named.
    in_time = DueLine(
        kind=DueKind.DOUBT, organ_code=codes[0], item_id="administrative_penalty", number="FJ-1", count=9, due=date(2026, 4, 24)
    )
    assert late_organs(lines=(in_time, _line(codes[1], days=1, count=1)), organs=organs)[0].organ.code == codes[1]
