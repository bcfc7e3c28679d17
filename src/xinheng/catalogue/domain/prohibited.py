"""What never enters the catalogue, in any deployment and for any role (protections P3 and P5).

These lists are code, not content: whoever may edit the catalogue folder must not be able to lift them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Prohibition:
    """One prohibited kind of content: words that betray it, data elements, and the reason."""

    id: str
    title: str
    words: tuple[str, ...]
    elements: frozenset[str]
    why: str


PROHIBITED: tuple[Prohibition, ...] = (
    Prohibition(
        id="X01",
        title="宗教信仰、基因、指纹、血型、疾病和病史",
        words=("宗教", "信仰", "基因", "DNA", "指纹", "血型", "疾病", "病史", "病历"),
        elements=frozenset({"religion", "gene", "fingerprint", "blood_group", "illness", "medical_history"}),
        why="征信业管理条例第十四条和多省条例绝对禁止采集。",
    ),
    Prohibition(
        id="X02",
        title="个人的收入、存款、有价证券、商业保险、不动产、纳税数额、公积金",
        words=("个人收入", "工资收入", "存款", "有价证券", "商业保险", "个人不动产", "个人纳税", "公积金缴存"),
        elements=frozenset({"income", "deposit", "securities", "insurance", "real_estate", "personal_tax", "housing_fund"}),
        why="个人财产信息未经本人知情同意不得采集（征信业管理条例第十四条）；本平台不收自然人的信息。",
    ),
    Prohibition(
        id="X03",
        title="日常行为：交通、信访、垃圾分类、献血、捐赠、水电气等缴费、排队",
        words=(
            "闯红灯",
            "机动车违法",
            "交通违法",
            "交通违章",
            "驾驶证",
            "信访",
            "上访",
            "垃圾分类",
            "献血",
            "捐赠",
            "捐款",
            "物业费",
            "水费",
            "电费",
            "燃气费",
            "气费",
            "欠费",
            "跳槽",
            "非机动车",
            "广场舞",
            "不文明",
            "插队",
            "排队",
        ),
        elements=frozenset(
            {"traffic", "petition", "waste_sorting", "blood_donation", "donation", "utility_arrears", "queueing"}
        ),
        why="没有法律、法规或者党中央、国务院政策文件依据，不得作为失信记录（国家发展改革委多次说明）。",
    ),
    Prohibition(
        id="X04",
        title="生物识别、健康、言论、政治面貌、家庭、行踪",
        words=(
            "生物识别",
            "人脸",
            "虹膜",
            "声纹",
            "健康状况",
            "体检",
            "残疾等级",
            "网络言论",
            "发帖",
            "政治面貌",
            "政治观点",
            "家庭成员",
            "婚姻",
            "配偶",
            "子女",
            "低保",
            "行踪",
            "轨迹",
            "定位",
        ),
        elements=frozenset({"biometric", "health", "speech", "politics", "family", "location", "social_assistance"}),
        why="属于敏感个人信息（个人信息保护法第二十八条至第三十二条），与组织的信用无关。",
    ),
    Prohibition(
        id="X05",
        title="未成年人的信息",
        words=("未成年", "学生", "三好", "儿童", "学籍"),
        elements=frozenset({"minor", "pupil"}),
        why="未成年人的信息受特别保护（个人信息保护法第三十一条、重庆市社会信用条例第三条）。",
    ),
    Prohibition(
        id="X06",
        title="行贿犯罪档案查询",
        words=("行贿犯罪档案",),
        elements=frozenset({"bribery_file"}),
        why="该项查询 2018 年已停止，以公开的裁判文书代替。",
    ),
    Prohibition(
        id="X07",
        title="个人信用分",
        words=("个人信用分", "信用积分", "个人积分", "个人信用评价", "市民信用"),
        elements=frozenset({"personal_score"}),
        why="不得给自然人打分、评级、排名（P2）。",
    ),
)

PERSON_MEASURES: tuple[tuple[str, str], ...] = (
    ("M02", "任职"),
    ("M02", "担任法定代表人"),
    ("M03", "限制消费"),
    ("M03", "高消费"),
    ("M03", "乘坐"),
    ("M04", "出境"),
    ("M05", "升学"),
    ("M05", "复学"),
    ("M05", "入学"),
    ("M05", "就读"),
)
"""Words that betray a measure on a person; the measure of the national list they belong to."""


def prohibition_in(text: str) -> tuple[Prohibition, str] | None:
    """Return the first prohibition that ``text`` touches, with the word found; None if none."""
    for prohibition in PROHIBITED:
        for word in prohibition.words:
            if word.upper() in text.upper():
                return prohibition, word
    return None


def prohibition_of_element(element: str) -> Prohibition | None:
    """Return the prohibition that a data element falls under, or None."""
    return next((p for p in PROHIBITED if element in p.elements), None)


def person_measure_in(text: str) -> tuple[str, str] | None:
    """Return ``(measure, word)`` where ``text`` speaks of a measure on a person, or None."""
    return next(((measure, word) for measure, word in PERSON_MEASURES if word in text), None)
