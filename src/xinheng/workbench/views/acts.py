"""What persons decide about a submission: submit, take back, certify, send back, withdraw. Each says what it does."""

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from xinheng.accounts.domain import Actor, Role
from xinheng.adapters import clock
from xinheng.intake import services
from xinheng.intake.errors import SubmissionNotFound
from xinheng.intake.models import Submission
from xinheng.workbench.domain import Act, SubmissionPage
from xinheng.workbench.forms import CertifyForm
from xinheng.workbench.selectors.acts import submission_for
from xinheng.workbench.selectors.review import review_lines
from xinheng.workbench.selectors.submissions import submission_page
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in
from xinheng.workbench.views.told import told, told_with_reason

_FORM = require_http_methods(["GET", "HEAD", "POST"])


@_FORM
@signed_in(Role.CLERK)
def submit(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Show what goes to review and what stays behind, then submit it."""
    if request.method == "POST":
        _gate(actor, number, Act.SUBMIT)
        return _done(
            request,
            number,
            lambda: services.submission_submit(number=number, clerk=actor.login_name, now=clock.now(), explained=True),
            "已提交，等待审核人确认。确认前可以收回修改。",
        )
    found = _page_for(actor, number, Act.SUBMIT)
    return page(request, actor, "submit.html", {"page": found, "is_open": Act.SUBMIT in found.acts})


@_FORM
@signed_in(Role.REVIEWER)
def certify(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Show what will be published, with rows drawn by lot, ask for the statements, then certify."""
    submission = _gate(actor, number, Act.CERTIFY)
    answer: HttpResponse = _certify(request, actor, submission)
    return answer


# Whoever certifies shows the password or the second factor once more, not longer ago than five minutes.
@reauthentication_required  # type: ignore[untyped-decorator] # allauth ships no types
def _certify(request: HttpRequest, actor: Actor, submission: Submission) -> HttpResponse:
    number = submission.number
    form = CertifyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _done(
            request,
            number,
            lambda: services.submission_certify(number=number, reviewer=actor.login_name, now=clock.now(), publish_later=True),
            "已确认，正在入库，完成后通知经办人。",
        )
    found = submission_page(actor=actor, number=number, today=clock.today())
    context = {
        "page": found,
        "form": form,
        "is_open": Act.CERTIFY in found.acts,
        "review": review_lines(submission=submission),
    }
    return page(request, actor, "certify.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in(Role.REVIEWER)
def send_back(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Return the submission to its clerk with reasons."""
    return _with_reason(request, actor, number, Act.RETURN, run=_returned, told_when_done="已退回经办人。")


@require_POST
@signed_in(Role.CLERK)
def unlock(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Take a submitted one back to the clerk, with the reason."""
    return _with_reason(request, actor, number, Act.UNLOCK, run=_unlocked, told_when_done="已收回，可以改正后再提交。")


@_FORM
@signed_in(Role.REVIEWER)
def withdraw(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Withdraw everything that a submission brought into the records, with the reason."""
    answer: HttpResponse = _withdraw(request, actor, number, _page_for(actor, number, Act.WITHDRAW))
    return answer


@reauthentication_required  # type: ignore[untyped-decorator] # allauth ships no types
def _withdraw(request: HttpRequest, actor: Actor, number: str, found: SubmissionPage) -> HttpResponse:
    if request.method == "POST":
        return _with_reason(request, actor, number, Act.WITHDRAW, run=_withdrawn, told_when_done="已整批撤回，立即停止公示。")
    return page(request, actor, "withdraw.html", {"page": found, "is_open": Act.WITHDRAW in found.acts})


def _returned(number: str, actor: Actor, reason: str) -> object:
    return services.submission_return(number=number, reviewer=actor.login_name, reason=reason, now=clock.now())


def _unlocked(number: str, actor: Actor, reason: str) -> object:
    return services.submission_unlock(number=number, actor=actor.login_name, reason=reason, now=clock.now())


def _withdrawn(number: str, actor: Actor, reason: str) -> object:
    return services.submission_withdraw(number=number, actor=actor.login_name, reason=reason, now=clock.now())


def _with_reason(
    request: HttpRequest,
    actor: Actor,
    number: str,
    act: Act,
    *,
    run: Callable[[str, Actor, str], object],
    told_when_done: str,
) -> HttpResponse:
    _gate(actor, number, act)
    told_with_reason(request, lambda reason: run(number, actor, reason), told_when_done)
    return redirect("workbench:submission", number)


def _done(request: HttpRequest, number: str, run: Callable[[], object], told_when_done: str) -> HttpResponse:
    told(request, run, told_when_done)
    return redirect("workbench:submission", number)


def _gate(actor: Actor, number: str, act: Act) -> Submission:
    """Let an act pass that is this person's and return its submission; another's is not found."""
    try:
        return submission_for(actor=actor, number=number, act=act)
    except SubmissionNotFound:
        raise Http404 from None


def _page_for(actor: Actor, number: str, act: Act) -> SubmissionPage:
    """Return the submission's page for an act that is this person's."""
    _gate(actor, number, act)
    return submission_page(actor=actor, number=number, today=clock.today())
