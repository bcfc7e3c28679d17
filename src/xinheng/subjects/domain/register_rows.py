"""One row of a register file: what it says, or why it is refused. Nothing is repaired silently."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from xinheng.kernel.dates import parse_date
from xinheng.kernel.personal import find_personal_numbers, mask_personal_numbers, mask_value, resident_id_is_valid
from xinheng.kernel.text import BLANK_MARKS, blank_to_empty, canonical_code, clean_cell, name_key
from xinheng.subjects.domain import codes
from xinheng.subjects.domain.kinds import KIND_LABELS, SubjectKind, subject_kind_from, uscc_prefix_is_known
from xinheng.subjects.domain.pinyin import name_sort_key
from xinheng.subjects.domain.register_columns import COLUMNS
from xinheng.subjects.domain.register_values import NumberCell, ParsedRow, RefusedRow, RegisterRow, RowNote
from xinheng.subjects.domain.status import RegistrationStatus, registration_status
from xinheng.subjects.domain.suggestions import uscc_suggestion


class _Refusal(Exception):
    def __init__(self, reason_code: str, reason: str) -> None:
        super().__init__(reason)
        self.reason_code = reason_code
        self.reason = reason


_PROVINCES: Final = frozenset(
    [
        "北京",
        "天津",
        "河北",
        "山西",
        "内蒙古",
        "辽宁",
        "吉林",
        "黑龙江",
        "上海",
        "江苏",
        "浙江",
        "安徽",
        "福建",
        "江西",
        "山东",
        "河南",
        "湖北",
        "湖南",
        "广东",
        "广西",
        "海南",
        "重庆",
        "四川",
        "贵州",
        "云南",
        "西藏",
        "陕西",
        "甘肃",
        "青海",
        "宁夏",
        "新疆",
        "台湾",
        "香港",
        "澳门",
    ]
)
_PROVINCE_TAIL: Final = re.compile("(省|市|(壮族|回族|维吾尔)?自治区|特别行政区)$")
_TYPE_WORDS: Final = re.compile(
    "公司|企业|个体|个人|合作|经济|合伙|独资|国有|集体|股份|联营|分支|代表机构|法人|机关|事业|社会|基金|协会|学校|医院|"
    "工会|律师|外商|内资|港|台|私营|来料加工|办事处|其他|^[0-9]{4}$"
)
# It begins where the blanks begin: else a cell of blanks is tried at each of them.
_LINE_BREAK: Final = re.compile(r"(?<!\s)\s*[\r\n\x85\u2028\u2029]\s*")
_TOWNSHIP: Final = re.compile("[县区市]([\u4e00-\u9fff]{1,8}?(?:街道|镇|乡))")
_DIVISION: Final = re.compile(".*[县区市](?=.)")
_RESIDENT_REGION: Final = re.compile("^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-2])")
_RESIDENT_SHAPE: Final = re.compile(r"^[0-9]{6}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$")
_RESIDENT_15: Final = re.compile(r"^[0-9]{6}[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}$")
_FORMER_SEPARATOR: Final = re.compile(r"[;；]")
_KIND_BY_LABEL: Final = {label: kind for kind, label in KIND_LABELS.items()}
_TITLES: Final = {column.key: column.title for column in COLUMNS}
_LONGEST: Final = {
    "name": 200,
    "address": 500,
    "business_scope": 20_000,
    "register_organ": 200,
    "type_text": 120,
    "capital_text": 120,
    "province": 40,
    "area": 80,
    "township": 80,
}


def looks_personal(code: str) -> bool:
    """Return whether a code could be a resident ID, one with a wrong character or one of the old 15 digits too."""
    if resident_id_is_valid(code):
        return True
    shape = _RESIDENT_SHAPE.match(code) or _RESIDENT_15.match(code)
    return shape is not None and _RESIDENT_REGION.match(code) is not None


def township_from_address(address: str) -> str:
    """Return the township or street office (乡镇、街道) an address names, or ``""``; a guess from its wording.

    >>> township_from_address("重庆市奉节县永安街道人和街160号")
    '永安街道'
    """
    match = _TOWNSHIP.search(address)
    # 市 and 县 both stand before the township: what follows the last of them is its name.
    return _DIVISION.sub("", match[1]) if match else ""


class _Reader:
    """Reads the cells of one row and collects what has to be told."""

    def __init__(self, row_no: int, cells: Mapping[str, str], today: date) -> None:
        self.row_no = row_no
        self.cells = cells
        self.today = today
        self.notes: list[RowNote] = []

    def note(self, note_code: str, note: str) -> None:
        self.notes.append(RowNote(self.row_no, note_code, note))

    def text(self, key: str) -> str:
        """Return a cell's clean text, personal numbers masked, cut to the column's width; each told."""
        value = self.cells.get(key, "")
        if not value or value in BLANK_MARKS:
            return ""
        if not value.isprintable() or "_x0" in value or value[0] == " " or value[-1] == " ":
            value = _LINE_BREAK.sub(" ", clean_cell(value))
        value = blank_to_empty(value)
        if find_personal_numbers(value):
            self.note("personal_number_masked", f"“{_TITLES[key]}”列中的个人号码已遮盖")
            value = mask_personal_numbers(value)
        longest = _LONGEST.get(key, 500)
        if len(value) > longest:
            self.note("text_cut", f"“{_TITLES[key]}”列超过{longest}字，只保留前{longest}字")
            value = value[:longest]
        return value

    def day(self, key: str) -> date | None:
        """Return a cell's day; one that is no day or lies after today or before 1800 is told and left out."""
        text = self.text(key)
        if not text:
            return None
        is_serial = isinstance(self.cells.get(key), NumberCell) and len(text) == 5 and text.isdigit()
        day = date(1899, 12, 30) + timedelta(days=int(text)) if is_serial else parse_date(text)
        if day is None or day > self.today or day.year < 1800:
            self.note("date_left_out", f"“{_TITLES[key]}”列的“{text}”不是合理的日期，没有采用")
            return None
        return day

    def code(self, key: str) -> str:
        """Return a code cell in canonical form, ``""`` for blanks and for the placeholder.

        Raises:
            _Refusal: the cell is a number, so the spreadsheet has already lost its last digits.
        """
        raw = self.cells.get(key, "")
        if not raw:
            return ""
        if isinstance(raw, NumberCell) and len(raw) > 15:
            raise _Refusal(
                "number_cell", "代码单元格是数字格式，第15位以后已被表格软件改成0；请把该列设为文本格式后重新填写代码"
            )
        code = raw if raw.isascii() and raw.isalnum() and raw == raw.upper() else canonical_code(raw)
        code = blank_to_empty(code)
        return "" if code == codes.PLACEHOLDER else code

    def main_codes(self) -> tuple[str, str, str, bool]:
        """Return USCC, registration number, organisation code and whether the USCC is irregular.

        Raises:
            _Refusal: there is no code, or what stands there is none.
        """
        registration_no = self.registration_no()
        organisation_code = self.organisation_code()
        written = self.code("uscc")
        if written == "" and codes.uscc_is_well_formed(registration_no):
            written, registration_no = registration_no, ""
            self.note("code_in_other_column", "注册号列里是统一社会信用代码，已按统一社会信用代码登记")
        uscc, irregular = "", False
        if codes.uscc_is_valid(written) and not looks_personal(written):
            uscc = written
        elif written:
            kind = self.irregular_or_older(written)
            if kind == "uscc":
                uscc, irregular = written, True
            elif kind == "registration_no":
                registration_no = registration_no or written
            else:
                organisation_code = organisation_code or codes.organisation_code_canonical(written)
        if uscc:
            organisation_code = codes.organisation_code_of(uscc)
        if not (uscc or registration_no or organisation_code):
            raise _Refusal("no_code", "没有任何代码；统一社会信用代码、注册号、组织机构代码至少要有一个")
        return uscc, registration_no, organisation_code, irregular

    def irregular_or_older(self, written: str) -> str:
        """Return as what a code that is no valid USCC is taken: ``uscc``, ``registration_no``, ``organisation_code``.

        Raises:
            _Refusal: it is none of them.
        """
        if looks_personal(written):
            # About 1 in 31 such strings passes GB 32100: then only its being in the register speaks for it.
            if not (codes.uscc_is_valid(written) and uscc_prefix_is_known(written)):
                if not codes.registration_no_is_plausible(written):
                    raise _Refusal("resident_id", "代码列里是居民身份证号的格式；登记库不收自然人，请核对后填写单位的代码")
            else:
                self.note("looks_like_resident_id", "代码同时符合居民身份证号格式，因在登记库中而采用，已标记")
                return "uscc"
        if codes.uscc_is_well_formed(written):
            slip = "（校验码少做了“31减”）" if codes.uscc_is_complement_slip(written) else ""
            self.note("check_character_fails", f"代码校验不通过{slip}，因在登记库中而采用，已标记")
            return "uscc"
        if codes.registration_no_is_plausible(written):
            self.note("registration_no_in_uscc_column", "统一社会信用代码列里是旧的注册号，已按注册号登记")
            return "registration_no"
        if codes.organisation_code_is_valid(codes.organisation_code_canonical(written)):
            self.note("organisation_code_in_uscc_column", "统一社会信用代码列里是组织机构代码，已按组织机构代码登记")
            return "organisation_code"
        suggestion = uscc_suggestion(written)
        hint = f"；是否为 {suggestion}？请核实后重新填写" if suggestion else "；请按营业执照或登记证书填写18位代码"
        raise _Refusal("no_such_code", f"“{written}”不是任何一种代码：{codes.uscc_problem(written)}{hint}")

    def registration_no(self) -> str:
        """Return the registration number of its own column."""
        code = self.code("registration_no")
        if resident_id_is_valid(code):
            raise _Refusal("resident_id", "注册号列里是居民身份证号的格式；登记库不收自然人，请核对后填写单位的代码")
        if code and not codes.registration_no_is_plausible(code) and not codes.uscc_is_well_formed(code):
            self.note("unusual_registration_no", "注册号不是常见格式，已按原样登记")
        return code[:50]

    def organisation_code(self) -> str:
        """Return the organisation code of its own column; one that fails GB 11714 is told and left out."""
        code = codes.organisation_code_canonical(self.code("organisation_code"))
        if code and not codes.organisation_code_is_valid(code):
            self.note("organisation_code_left_out", "组织机构代码校验不通过，没有采用")
            return ""
        return code

    def other_uscc(self, key: str, title: str) -> str:
        """Return a code that names another state of the subject or another subject."""
        code = self.code(key)
        if looks_personal(code) and not (codes.uscc_is_valid(code) and uscc_prefix_is_known(code)):
            raise _Refusal("resident_id", f"“{title}”列里是居民身份证号的格式；登记库不收自然人，请核对后填写单位的代码")
        if code and not codes.uscc_is_well_formed(code):
            raise _Refusal("other_code_wrong", f"“{title}”不是统一社会信用代码：{codes.uscc_problem(code)}")
        return code

    def plausible(self, title: str, *, is_plausible: bool, value: str) -> str:
        """Return ``value``, or nothing where it cannot stand in this column: rows with shifted cells are really there."""
        if value and not is_plausible:
            self.note("cell_left_out", f"“{title}”列的内容不像{title}，可能错了列，没有采用")
            return ""
        return value

    def name(self) -> tuple[str, str]:
        """Return the name and its form for comparing.

        Raises:
            _Refusal: there is none, or it is too long, or it holds a person's number.
        """
        raw = self.cells.get("name", "")
        value = blank_to_empty(_LINE_BREAK.sub("", clean_cell(raw)))
        key = name_key(value)
        if len(key) < 2:
            raise _Refusal("no_name", "没有名称" if not value else f"名称“{value}”不完整")
        if len(value) > _LONGEST["name"]:
            raise _Refusal("name_too_long", f"名称有{len(value)}字，最多{_LONGEST['name']}字")
        if find_personal_numbers(value):
            raise _Refusal("personal_number_in_name", "名称里有个人号码（身份证、手机或银行卡号）；请核对是否填错了列")
        if "?" in value or "\ufffd" in value:
            self.note("damaged_name", "名称里有“?”，可能是生僻字在转换中丢失")
        return value, key

    def former_names(self, current_key: str) -> tuple[str, ...]:
        """Return the former names that the row lists, without the current one."""
        text = self.text("former_names")
        if not text:
            return ()
        names = (part.strip() for part in _FORMER_SEPARATOR.split(text))
        return tuple(name for name in names if len(name_key(name)) >= 2 and name_key(name) != current_key)


def _read(reader: _Reader) -> tuple[RegisterRow, tuple[str, ...]]:
    name, key = reader.name()
    uscc, registration_no, organisation_code, irregular = reader.main_codes()
    type_text = reader.text("type_text")
    type_text = reader.plausible("登记类型", is_plausible=_TYPE_WORDS.search(type_text) is not None, value=type_text)
    capital = reader.text("capital_text")
    capital = reader.plausible(
        "注册资本",
        is_plausible=re.search("[0-9万元拾佰仟]", capital) is not None,
        value=capital,
    )
    province = reader.text("province")
    province = reader.plausible("所在省份", is_plausible=_PROVINCE_TAIL.sub("", province) in _PROVINCES, value=province)
    kind_text = reader.text("kind")
    kind = _KIND_BY_LABEL.get(kind_text) if not uscc else None
    kind = kind or subject_kind_from(uscc=uscc, registration_no=registration_no, type_text=f"{kind_text}{type_text}", name=name)
    if kind is SubjectKind.SOLE_TRADER and uscc[:2] not in {"92", ""}:
        reader.note("kind_by_type", "代码不是92开头，登记类型是个体工商户，按个体工商户保护")
    status_text = reader.text("status")
    status = registration_status(status_text)
    if status is None:
        reader.note("status_left_out", f"登记状态“{status_text}”不在代码表中，没有采用")
    address = reader.text("address")
    row = RegisterRow(
        row_no=reader.row_no,
        uscc=uscc or None,
        previous_uscc=reader.other_uscc("previous_uscc", "原统一社会信用代码") or None,
        registration_no=registration_no or None,
        organisation_code=organisation_code or None,
        name=name,
        name_key=key,
        name_sort=name_sort_key(key),
        kind=kind.value,
        status=None if status in {None, RegistrationStatus.UNKNOWN} else str(status),
        status_date=reader.day("status_date"),
        change_date=reader.day("change_date"),
        established_date=reader.day("established_date"),
        register_organ=reader.text("register_organ") or None,
        province=province or None,
        area=reader.text("area") or None,
        township=reader.text("township") or township_from_address(address) or None,
        address=address or None,
        type_text=type_text or None,
        capital_text=capital or None,
        business_scope=reader.text("business_scope") or None,
        merged_into_uscc=reader.other_uscc("merged_into_uscc", "并入主体代码") or None,
        is_irregular_code=irregular,
    )
    return row, reader.former_names(key)


def register_row_parse(*, row_no: int, cells: Mapping[str, str], today: date) -> ParsedRow:
    """Return what one row of a register file says, or why it is refused.

    Args:
        row_no: the row in the file as a spreadsheet counts it, from 1.
        cells: text by column key (``register_columns.COLUMNS``); missing columns say nothing.
        today: the day in Asia/Shanghai after which no registration can lie.

    A registered code that fails GB 32100 is taken and marked as irregular; what is no code at all is refused. A code
    in the shape of a resident ID is refused and never repeated.
    """
    reader = _Reader(row_no, cells, today)
    try:
        row, former_names = _read(reader)
    except _Refusal as refusal:
        written = canonical_code(cells.get("uscc", ""))
        masked = mask_value(written) if looks_personal(written) else mask_personal_numbers(written)
        refused = RefusedRow(
            row=row_no,
            name=mask_personal_numbers(clean_cell(cells.get("name", "")))[:60],
            code=masked[:40],
            reason_code=refusal.reason_code,
            reason=mask_personal_numbers(refusal.reason),
        )
        return ParsedRow(row=None, refused=refused, notes=tuple(reader.notes))
    return ParsedRow(row=row, refused=None, former_names=former_names, notes=tuple(reader.notes))
