"""Landed tables made of rows as typed, and the example rows that check cases change."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.factories.intake_files import PENALTY, csv_bytes, real_catalogue
from xinheng.intake.domain import Landed
from xinheng.intake.reading import land

ORGAN = "11500236000000019R"
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "administrative_penalty": PENALTY
    | {"CF_JDRQ": "2026-11-18", "CF_YXQ": "2027-11-18", "CF_CFJGDM": ORGAN, "CF_SJLYDM": ORGAN},
    "administrative_licence": {
        "XK_XDR_MC": "演示夔门云帆食品有限公司",
        "XK_XDR_LB": "法人及非法人组织",
        "XK_XDR_SHXYM": "91500236MA00TE5T2K",
        "XK_FRDB": "演示人甲",
        "XK_XKWS": "准予行政许可决定书",
        "XK_WSH": "演市监许〔2026〕8号",
        "XK_XKLB": "普通",
        "XK_NR": "食品经营",
        "XK_JDRQ": "2026-11-18",
        "XK_YXQZ": "2026-11-18",
        "XK_YXQZI": "2031-11-17",
        "XK_XKJG": "演示县市场监督管理局",
        "XK_XKJGDM": ORGAN,
        "XK_ZT": "有效",
        "XK_LYDW": "演示县市场监督管理局",
        "XK_LYDWDM": ORGAN,
    },
    "serious_list_entry": {
        "LIST_TYPE": "B01",
        "SUBJECT_NAME": "演示夔门云帆食品有限公司",
        "SUBJECT_CATEGORY": "法人及非法人组织",
        "USCC": "91500236MA00TE5T2K",
        "DOCUMENT_NAME": "列入决定书",
        "DOCUMENT_NO": "演市监列〔2026〕8号",
        "ORGAN_NAME": "演示县市场监督管理局",
        "ORGAN_CODE": ORGAN,
        "EVIDENCE_KIND": "D1",
        "EVIDENCE_NO": "（2026）演0236行初8号",
        "REASON": "情节严重",
        "LEGAL_GROUND": "《市场监督管理严重违法失信名单管理办法》",
        "NOTICE_DATE": "2026-11-02",
        "DECISION_DATE": "2026-11-18",
        "SOURCE_ORGAN_NAME": "演示县市场监督管理局",
        "SOURCE_ORGAN_CODE": ORGAN,
    },
    "credit_commitment": {
        "code": "50023620261118000008",
        "subjectName": "演示夔门云帆食品有限公司",
        "subjectCategory": "法人及非法人组织",
        "identify": "91500236MA00TE5T2K",
        "commitmentTypeId": "审批替代型",
        "reason": "申请办理食品经营许可证",
        "content": "符合许可条件，材料真实",
        "liabilityBreachCommitment": "撤销许可",
        "commitmentDate": "2026-11-18",
        "fulfillmentStatus": "全部履行",
        "acceptanceUnit": "演示县市场监督管理局",
        "acceptanceUnitIdentify": ORGAN,
        "publicationType": "可向社会公开",
    },
    "list_removal": {
        "LIST_TYPE": "B01",
        "DOCUMENT_NO": "演市监列〔2026〕8号",
        "ORGAN_NAME": "演示县市场监督管理局",
        "ORGAN_CODE": ORGAN,
        "SUBJECT_NAME": "演示夔门云帆食品有限公司",
        "USCC": "91500236MA00TE5T2K",
        "ACT_KIND": "提前移出",
        "ACT_DOCUMENT_NO": "演市监移〔2026〕8号",
        "EVENT_DATE": "2026-11-18",
        "GROUND": "已改正，准予移出",
    },
}


def example(item_id: str = "administrative_penalty", **changes: str) -> dict[str, str]:
    """Return a row in which no rule finds anything, with changes; its decision was two days before 2026-11-20."""
    return {**EXAMPLES[item_id], **changes}


def landed_from(
    rows: Sequence[Mapping[str, str]],
    *,
    folder: Path,
    item_id: str = "administrative_penalty",
    known_codes: frozenset[str] = frozenset(),
) -> Landed:
    """Return ``rows`` landed from a CSV file by the real reader; the first of them is row 2.

    What a row has under ``_spare`` stands beyond the header.
    """
    fields = [field.key for field in real_catalogue().item(item_id).fields]
    unknown = list(dict.fromkeys(key for row in rows for key in row if key not in [*fields, "_spare"]))
    columns = [*fields, *unknown]
    path = folder / "rows.csv"
    lines = [[*(row.get(key, "") for key in columns), *([row["_spare"]] if "_spare" in row else [])] for row in rows]
    path.write_bytes(csv_bytes([columns, *lines]))
    out = folder / "rows.parquet"
    return land(path, out=out, catalogue=real_catalogue(), item_id=item_id, known_codes=known_codes)
