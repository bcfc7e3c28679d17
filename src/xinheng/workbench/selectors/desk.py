"""What somebody can do besides what waits: for the first page."""

from dataclasses import dataclass

from django.urls import reverse

from xinheng.accounts.domain import SUBMISSION_READERS, Actor, Role
from xinheng.intake.selectors import drafts_visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskWay:
    """A thing that can be done: where, and what is to be known of it in words."""

    label: str
    url: str
    note: str = ""


def desk_ways(*, actor: Actor) -> tuple[DeskWay, ...]:
    """Return what this person can do of their own accord. One query at most; none without a business role."""
    ways = []
    if Role.CLERK in actor.roles:
        drafts = drafts_visible_to(actor=actor).count()
        ways.append(DeskWay(label="上传表格", url=reverse("workbench:upload"), note="XLSX、XLS或CSV，多条一起报。"))
        note = f"有{drafts}份草稿。" if drafts else "一两条时直接填写。"
        ways.append(DeskWay(label="填一条", url=reverse("workbench:record_start"), note=note))
    if actor.roles & {Role.CLERK, Role.REVIEWER}:
        ways.append(DeskWay(label="零报告", url=reverse("workbench:zero_reports"), note="某月没有作出某类决定的。"))
        ways.append(DeskWay(label="豁免", url=reverse("workbench:waivers"), note="决定书原文确实不能按规则填的。"))
        ways.append(DeskWay(label="练习：第一次报送", url=reverse("workbench:practice"), note="不入库、不公示。"))
    if actor.is_of_credit_office:
        ways.append(DeskWay(label="全县情况", url=reverse("workbench:overview"), note="覆盖、走势、迟报、规划指标。"))
        ways.append(DeskWay(label="豁免", url=reverse("workbench:waivers"), note="已批准的和申请过的。"))
        ways.append(DeskWay(label="目录修改", url=reverse("workbench:catalogue_proposals"), note="先看影响，再由另一人批准。"))
    if actor.roles & SUBMISSION_READERS:
        ways.append(DeskWay(label="与办案系统对账", url=reverse("workbench:reconciliations"), note="看哪些决定还没有报。"))
    if Role.ADMINISTRATOR in actor.roles:
        ways.append(DeskWay(label="邀请一个人", url=reverse("workbench:invite"), note="授予岗位，写明依据。"))
        ways.append(DeskWay(label="登记一个系统", url=reverse("workbench:client_register"), note="业务系统代单位报送。"))
    return tuple({way.url: way for way in ways}.values())
