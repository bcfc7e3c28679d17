"""A small catalogue as text, part by part: what is written there is what the rules must say."""

from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.domain.assembly import assemble

INSTRUMENTS = """
instruments:
  - {id: LAW, title: 某法, number: 第1号, kind: LAW, in_force: 2000-01-01, confidence: SOURCED}
  - {id: RULE, title: 某办法, kind: DEPARTMENT_RULE, in_force: 2000-01-01, confidence: SOURCED}
"""
REGIMES = """
regimes:
  - id: R2
    title: 后一规定
    item_ids: [penalty]
    in_force: 2020-01-01
    clock_start: display_from
    clock_confidence: PROVISIONAL
    reference: {instrument: RULE}
    confidence: PROVISIONAL
    classes:
      - {severity: GENERAL, why: 全部, reference: {instrument: RULE}, confidence: PROVISIONAL}
    terms:
      - {severity: GENERAL, shown: false, confidence: PROVISIONAL}
  - id: R1
    title: 前一规定
    item_ids: [penalty, other]
    in_force: 2015-01-01
    until: 2019-12-31
    clock_start: decision_date
    clock_confidence: SOURCED
    sectors: [tax]
    reference: {instrument: LAW, article: 第二条}
    confidence: SOURCED
    classes:
      - severity: SERIOUS
        any_kinds: ["8"]
        only_kinds: ["3", "8"]
        on_the_spot: false
        sectors: [fire]
        min_fine_fen: 5000000
        why: 吊销许可证件
        reference: {instrument: LAW, article: 第三条}
        confidence: SOURCED
      - {severity: GENERAL, why: 其余, reference: {instrument: LAW}, confidence: PROVISIONAL}
    terms:
      - {severity: SERIOUS, shown: true, min_months: 12, max_months: 36, confidence: SOURCED}
      - {severity: GENERAL, shown: true, min_months: 3, max_months: 12, confidence: PROVISIONAL}
"""
LISTS = """
list_types:
  - id: B01
    title: 严重失信名单
    nature: SERIOUS
    item_id: list_entry
    lister: 某部门
    subject_kinds: [ORGANISATION]
    disclosure: PUBLIC
    entry: 某种情形
    term_months: 36
    term_stated: true
    early_exit_months: 12
    basis: [{instrument: LAW, article: 第四条}, {instrument: RULE}]
    confidence: SOURCED
    term_confidence: PROVISIONAL
    in_force: 2021-09-01
  - id: A01
    title: 异常名录
    nature: ABNORMAL
    item_id: list_entry
    lister: 某部门
    subject_kinds: [ORGANISATION]
    disclosure: PUBLIC
    entry: 某种情形
    term_months: 60
    until_corrected: true
    accepted: false
    refused_because: 没有载入
    basis: [{instrument: LAW}]
    confidence: PROVISIONAL
    term_confidence: SOURCED
    in_force: 2014-10-01
"""
CLOCKS = """
clocks:
  - id: reporting
    title: 报送期限
    kind: REPORTING
    versions:
      - {in_force: 2018-01-01, until: 2021-12-31, amount: 7, unit: WORKDAY, start: decision_date, basis: [{instrument: LAW}], confidence: SOURCED}
      - {in_force: 2022-01-01, until: 2023-12-31, amount: 6, unit: WORKDAY, start: decision_date, basis: [{instrument: LAW}], confidence: SOURCED}
      - {in_force: 2024-01-01, amount: 5, unit: WORKDAY, start: decision_date, basis: [{instrument: LAW}], confidence: SOURCED}
      - {in_force: 2020-01-01, amount: 20, unit: WORKDAY, start: decision_date, sectors: [tax], basis: [{instrument: LAW}], confidence: SOURCED}
  - id: fire_only
    title: 消防的期限
    kind: REPORTING
    versions:
      - {in_force: 2020-01-01, amount: 10, unit: DAY, start: decision_date, sectors: [fire], basis: [{instrument: LAW}], confidence: SOURCED}
  - id: honour_term
    title: 荣誉公示期
    kind: DISPLAY
    versions:
      - {in_force: 2016-01-01, until: 2020-12-31, amount: 24, unit: MONTH, start: display_from, end_rule: VALID_TO_OR_TERM, basis: [{instrument: LAW}], confidence: SOURCED}
      - {in_force: 2021-01-01, start: decision_date, end_rule: VALID_TO, basis: [{instrument: RULE}], confidence: PROVISIONAL}
"""
ITEM = """
items:
  - id: honour
    title: 荣誉
    kind: HONOUR
    adverse: true
    subject_kinds: [ORGANISATION]
    responsible_organs: ["*"]
    disclosure: PUBLIC
    template_version: "1"
    template_title: 荣誉
    reporting_clock: reporting
    display_clock: honour_term
    basis: [{instrument: LAW}]
    confidence: SOURCED
    in_force: 2016-01-01
    fields: []
"""
CALENDAR = """
calendar:
  - year: 2026
    holidays: {2026-01-01: 元旦, 2026-01-02: 元旦}
    in_lieu_working_days: [2026-01-04]
    source: 国务院办公厅
    confidence: SOURCED
  - year: 2023
    holidays: {2023-01-01: 元旦}
    source: 国务院办公厅
    confidence: SOURCED
  - year: 2025
    holidays: {2025-01-01: 元旦, 2025-12-31: 演示}
    source: 国务院办公厅
    confidence: SOURCED
"""


def catalogue(*texts: str) -> Catalogue:
    """Return the catalogue of the instruments and these texts, each a file of its own."""
    assembly = assemble([(f"national/{number}.yaml", text) for number, text in enumerate((INSTRUMENTS, *texts))])
    assert assembly.problems == []
    return assembly.catalogue()
