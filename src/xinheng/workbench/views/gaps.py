"""Gaps in series of document numbers: a hint, and its explanation."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from xinheng.accounts.domain import Actor, Role
from xinheng.adapters import clock
from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.errors import DomainError
from xinheng.monitoring import services
from xinheng.monitoring.domain.series import PROVES_NOTHING, Series
from xinheng.monitoring.errors import NothingFound
from xinheng.monitoring.selectors import series_gaps
from xinheng.workbench.forms import GapForm
from xinheng.workbench.selectors.organs import item_choices, item_title, organ_name, organs_followed
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in
from xinheng.workbench.views.monitoring import READERS

_ITEM = "administrative_penalty"
_YEARS = 4


@require_safe
@signed_in(*READERS)
def gaps(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the series of one organ, item and year, with the numbers that are not among what was sent."""
    today = clock.today()
    organs = organs_followed(actor)
    organ_code = request.GET.get("organ", "") or (organs[0][0] if organs else "")
    items = item_choices()
    item_id = request.GET.get("item", "")
    item_id = item_id if item_id in dict(items) else _ITEM
    years = [today.year - back for back in range(_YEARS)]
    asked = request.GET.get("year", "")
    year = int(asked) if asked in {str(one) for one in years} else today.year
    try:
        found = series_gaps(actor=actor, catalogue=catalogue_current(), organ_code=organ_code, item_id=item_id, year=year)
    except NothingFound:
        raise Http404 from None
    context = {
        "series": found,
        "hint": PROVES_NOTHING,
        "organs": organs,
        "organ_code": organ_code,
        "organ": organ_name(organ_code),
        "items": items,
        "item_id": item_id,
        "item": item_title(item_id),
        "years": years,
        "year": year,
        "may_explain": actor.may(Role.CLERK, organ_code=organ_code, item_id=item_id),
    }
    return page(request, actor, "monitoring/gaps.html", context)


@require_POST
@signed_in(Role.CLERK)
def gap_explain(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say why numbers are missing."""
    organ_code, item_id = request.POST.get("organ", ""), request.POST.get("item", "")
    form = GapForm(request.POST)
    year = form.cleaned_data["year"] if form.is_valid() else clock.today().year
    if not form.is_valid():
        messages.error(request, "没有办理：缺号说明要写明原因，不超过400个字。")
    else:
        values = form.cleaned_data
        try:
            services.gap_explain(
                organ_code=organ_code,
                item_id=item_id,
                series=Series(values["series"], values["year"]),
                first=values["first"],
                last=values["last"],
                reason=values["reason"],
                actor=actor,
                catalogue=catalogue_current(),
                now=clock.now(),
            )
        except NothingFound:
            raise Http404 from None
        except DomainError as error:
            messages.error(request, f"没有办理：{error}")
        else:
            messages.success(request, "说明已保存，信用办看得到。")
    query = urlencode({"organ": organ_code, "item": item_id, "year": year})
    return redirect(f"{reverse('workbench:gaps')}?{query}")
