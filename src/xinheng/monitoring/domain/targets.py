"""Targets of the county's plan against the plan's own baseline. Source: 奉节县社会信用体系建设“十四五”规划 (standards.md §11.3)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTarget:
    """One figure of the plan: the county's own at the time, the city's average, the aim, and what counts it here."""

    title: str
    baseline: int
    city_average: int
    as_of: str
    aim: str
    waits_for: str


PLAN = "奉节县社会信用体系建设“十四五”规划"
NOT_MEASURED = "尚未统计"

PLAN_TARGETS = (
    PlanTarget(
        title="严重失信主体名单查询次数（应查必查）",
        baseline=5_121,
        city_average=13_075,
        as_of="截至2020年第二季度",
        aim="规划没有写目标数",
        waits_for="应查必查的查询登记建成后开始统计",
    ),
    PlanTarget(
        title="信用承诺数量",
        baseline=614,
        city_average=10_474,
        as_of="规划文本未写明时点",
        aim="2020年底超过30,000",
        waits_for="信用承诺的归集和履行管理建成后开始统计",
    ),
)
