"""Organs, townships, sectors and the calendar of working days."""

import datetime as dt
from typing import Annotated

from pydantic import Strict

from xinheng.catalogue.domain.base import CatalogueModel, Count, Text, Trusted
from xinheng.catalogue.domain.values import OrganKind


class Sector(CatalogueModel):
    """A supervised field (领域) that organs, clocks and regimes refer to."""

    id: Text
    title: Text


class Organ(Trusted):
    """A reporting organ (报送机关); accounts and records refer to it by ``code``."""

    code: Text
    name: Text
    short_name: Text
    document_prefix: Text | None = None
    aliases: tuple[Text, ...] = ()
    kind: OrganKind
    sectors: tuple[Text, ...] = ()
    township: Text | None = None
    is_demo: Annotated[bool, Strict()]
    note: Text | None = None


class Township(Trusted):
    """A township or street in both official codings; join by name, never by code."""

    name: Text
    nbs_code: Text
    mca_code: Text


class CalendarYear(Trusted):
    """One year of the State Council holiday calendar.

    ``holidays`` are the days of a public holiday arrangement (weekdays and weekends alike),
    ``in_lieu_working_days`` the weekend days on which work is done (调休上班).
    """

    year: Count
    holidays: dict[dt.date, Text]
    in_lieu_working_days: tuple[dt.date, ...] = ()
    source: Text
