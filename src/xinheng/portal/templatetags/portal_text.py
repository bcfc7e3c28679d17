"""Template filters for the forms in which pages write dates and codes: one form each."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from xinheng.kernel.dates import chinese_date

register = template.Library()

_CODE_GROUPS = ((0, 4), (4, 8), (8, 12), (12, 16), (16, 18))


@register.filter
def day(value: date | None) -> SafeString | str:
    """Write a day as 2026年3月12日 inside ``<time>``; nothing for no day."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), chinese_date(value))


@register.filter
def table_day(value: date | None) -> SafeString | str:
    """Write a day as 2026-03-12 inside ``<time>``, for tables."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), value.isoformat())


@register.filter
def code_groups(code: str) -> SafeString:
    """Group an 18-character code 4-4-4-4-2 for the eye; copied text stays 18 characters, as only CSS makes the gaps."""
    if len(code) != 18:
        return format_html('<span class="code">{}</span>', code)
    groups = format_html_join("", "<span>{}</span>", ((code[start:end],) for start, end in _CODE_GROUPS))
    return format_html('<span class="code">{}</span>', groups)
