"""What can go wrong with the register, in words for the person who imports it."""

from xinheng.kernel.errors import DomainError


class RegisterFileUnreadable(DomainError):
    """The file could not be opened as a table at all."""

    code = "subjects.register_file_unreadable"
    template = (
        "无法读取“%(file_name)s”：%(why)s。请另存为 XLSX 或 CSV（UTF-8 或 GB18030 编码，可用 gzip 压缩）后重新导入；"
        "没有保存任何内容。"
    )


class RegisterHeaderNotFound(DomainError):
    """No row among the first ones names both a name column and a code column."""

    code = "subjects.register_header_not_found"
    template = (
        "在“%(file_name)s”的前%(rows)s行里没有找到表头。登记库文件要有“名称”（或企业名称、主体名称）列，以及“统一社会信用代码”“注册号”"
        "“组织机构代码”中的至少一列。可用 xinheng register template 生成模板；没有保存任何内容。"
    )


class RegisterFileTooLarge(DomainError):
    """The file, unpacked, is beyond what one import takes."""

    code = "subjects.register_file_too_large"
    template = "“%(file_name)s”展开后超过%(limit_mb)s MB，请拆成几个文件分别导入；没有保存任何内容。"


class SearchTextTooShort(DomainError):
    """A search by fewer than two characters."""

    code = "subjects.search_text_too_short"
    template = "请至少输入名称中的两个字，或代码的前6位。"
