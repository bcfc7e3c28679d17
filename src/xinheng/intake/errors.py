"""Why a file was refused as a whole: nothing of it is stored. Every text says what to do next."""

from xinheng.kernel.errors import DomainError


class FileRefused(DomainError):
    """A file cannot be read as a submission; the base class of every refusal of a whole file."""

    code = "intake.file_refused"
    template = "这份文件不能读取，没有保存任何内容。"


class EmptyFile(FileRefused):
    """The file has no bytes, or a header and no row."""

    code = "intake.file_empty"
    template = "文件“%(file)s”里没有数据行，没有保存任何内容。请确认选对了文件，填写后再传。"


class NotAReadableFile(FileRefused):
    """The content is no XLSX, XLS or CSV, or it is damaged."""

    code = "intake.file_not_readable"
    template = "文件“%(file)s”打不开：%(reason)s。没有保存任何内容。请用 Excel 或 WPS 打开后另存为 XLSX 或 CSV 再传。"


class EncryptedWorkbook(FileRefused):
    """The workbook has an opening password."""

    code = "intake.file_encrypted"
    template = "文件“%(file)s”设了打开密码，无法读取，没有保存任何内容。请在 Excel 或 WPS 中去掉密码，另存后再传。"


class ZipBomb(FileRefused):
    """The workbook unpacks to more than the limit, or its package contradicts itself."""

    code = "intake.file_unpacks_too_large"
    template = (
        "文件“%(file)s”解压后超过允许的大小（%(limit)s），或压缩结构异常，没有保存任何内容。"
        "请删去图片和空白格式，或分成几份，另存为新的工作簿后再传。"
    )


class FileTooLarge(FileRefused):
    """The file is larger than its kind may be."""

    code = "intake.file_too_large"
    template = "文件“%(file)s”有 %(size)s，%(kind)s 不得超过 %(limit)s，没有保存任何内容。请分成几份再传，或改用 CSV。"


class TooManyRows(FileRefused):
    """More rows or cells than the platform reads at once."""

    code = "intake.too_many_rows"
    template = (
        "文件“%(file)s”的行或单元格太多（上限 %(limit)s），没有保存任何内容。请删去表外误填的单元格，分成几份再传，或改用 CSV。"
    )


class TooManyColumns(FileRefused):
    """A sheet uses more columns than any template can."""

    code = "intake.too_many_columns"
    template = (
        "“%(sheet)s”用到了第 %(columns)s 列，最多读取 %(limit)s 列，没有保存任何内容。"
        "请删去模板以外的列（包括最右边误填的单元格）后再传。"
    )


class CellTooLarge(FileRefused):
    """One cell holds more text than a spreadsheet cell can; in CSV mostly a quotation mark that never closes."""

    code = "intake.cell_too_large"
    template = (
        "“%(sheet)s”第 %(row)s 行有一个单元格超过 %(limit)s 个字，没有保存任何内容。"
        "CSV 多半是少了一个引号；请检查这一行及上一行，改正后再传。"
    )


class NulBytes(FileRefused):
    """A text file contains NUL bytes."""

    code = "intake.file_nul_bytes"
    template = "文件“%(file)s”第 %(line)s 行有空字节（NUL），不是完好的文本文件，没有保存任何内容。请从原系统重新导出后再传。"


class BrokenEncoding(FileRefused):
    """A text file is neither whole UTF-8 nor whole GB18030."""

    code = "intake.file_broken_encoding"
    template = (
        "文件“%(file)s”第 %(line)s 行有无法识别的字节（应为 UTF-8 或 GB18030），没有保存任何内容。"
        "请从原系统重新导出，保存为“CSV UTF-8”后再传。"
    )


class BrokenRows(FileRefused):
    """A text file's quotation marks do not pair, so its rows cannot be told apart."""

    code = "intake.file_broken_rows"
    template = (
        "文件“%(file)s”从第 %(line)s 行起引号不成对，分不清行和列，没有保存任何内容。请从原系统重新导出，或另存为 XLSX 后再传。"
    )


class RowsWiderThanHeader(FileRefused):
    """Many rows have more fields than the header: nobody can say which cell is which."""

    code = "intake.rows_wider_than_header"
    template = (
        "文件“%(file)s”有 %(count)s 行（第 %(row)s 行起）比表头多出内容，各列可能已错位，没有保存任何内容。"
        "请检查表头是否缺列，或给含分隔符的文字加英文双引号，也可另存为 XLSX 后再传。"
    )


class OriginalChanged(FileRefused):
    """The file that should be marked is not the one that was read."""

    code = "intake.original_changed"
    template = "文件“%(file)s”和检查时的不是同一份，不能在上面做标记。请重新检查这份文件。"


class HeaderNotFound(FileRefused):
    """No row of the file looks like the header of a known template."""

    code = "intake.header_not_found"
    template = (
        "文件“%(file)s”前 %(rows)s 行里没有找到表头（列名），没有保存任何内容。"
        "列名应与模板一致，或使用国家字段代码（如 %(example)s）。请下载模板核对后再传。"
    )


class WrongTemplate(FileRefused):
    """The file is another table than the one that was announced, or could be several."""

    code = "intake.template_wrong"
    template = "文件“%(file)s”不是“%(expected)s”：%(found)s。没有保存任何内容。请选对信息类别，或下载对应模板后再传。"


class OldTemplate(FileRefused):
    """The file was made with a template that is no longer in use."""

    code = "intake.template_old"
    template = (
        "文件“%(file)s”用的是旧模板“%(found)s”，现行模板是“%(current)s”，没有保存任何内容。"
        "请下载现行模板，把数据粘贴过去后再传。"
    )


class UnknownTemplateVersion(FileRefused):
    """The file names a template version that this catalogue does not know."""

    code = "intake.template_version_unknown"
    template = (
        "文件“%(file)s”写明的模板是“%(found)s”，本平台的现行模板是“%(current)s”，没有保存任何内容。请从本平台下载模板后再传。"
    )


class TwoTemplatesInOneFile(FileRefused):
    """Two sheets of one workbook are different tables."""

    code = "intake.two_templates"
    template = (
        "文件“%(file)s”里“%(first_sheet)s”是“%(first)s”，“%(second_sheet)s”是“%(second)s”，没有保存任何内容。"
        "请一份文件只放一类信息，分开再传。"
    )


class DuplicateColumns(FileRefused):
    """Two columns of one sheet are the same field, so neither can be believed."""

    code = "intake.duplicate_columns"
    template = (
        "“%(sheet)s”里“%(label)s”这一列出现了两次（%(first)s 列和 %(second)s 列），分不清该用哪一列，没有保存任何内容。"
        "请只留一列后再传。"
    )


class SubmissionNotFound(DomainError):
    """No submission has this number."""

    code = "intake.submission_not_found"
    template = "没有编号为“%(number)s”的报送批次。请核对回执上的编号（如 FJ-20261122-0007）。"


class SubmissionNotInState(DomainError):
    """What was asked for cannot be done in the state the submission is in."""

    code = "intake.submission_not_in_state"
    template = "批次 %(number)s 现在是“%(state)s”，不能%(wanted)s。%(next)s"


class SamePerson(DomainError):
    """Clerk and reviewer, or proposer and confirmer, are one person."""

    code = "intake.same_person"
    template = "%(first)s与%(second)s不能是同一人（现在都是“%(person)s”）。请由另一人办理。"


class PersonMissing(DomainError):
    """A step needs a named person."""

    code = "intake.person_missing"
    template = "没有写明%(role)s。请填写%(role)s的姓名或账号后再试。"


class OrganUnknown(DomainError):
    """The reporting organ is not in the catalogue."""

    code = "intake.organ_unknown"
    template = "目录里没有代码或名称为“%(organ)s”的机关。请填机关的统一社会信用代码或全称，名单见 catalogue 的 organs.yaml。"


class SubmissionInProgress(DomainError):
    """The same file of the same organ is being worked at with other declarations or persons."""

    code = "intake.submission_in_progress"
    template = (
        "这份文件已经在办：批次 %(number)s，现在是“%(state)s”，但%(difference)s与这一次不同。"
        "请继续办理该批次，或先用 xinheng intake withdraw %(number)s 撤回，再重新报送。"
    )


class SecrecyNotDeclared(DomainError):
    """The clerk did not declare that the file holds no state secrets (V16)."""

    code = "intake.secrecy_not_declared"
    template = "没有声明“本批不含涉密信息”，不能报送。涉密决定不得报送；确认不含涉密信息后再传。依据：双公示填报规则（V16）。"


class OriginalDestroyed(DomainError):
    """The original's key was destroyed at the end of its retention."""

    code = "intake.original_destroyed"
    template = "批次 %(number)s 的原件保存到%(date)s为止，已经销毁，不能再打开。需要时请报送机关重新报送。"


class DoubtNotFound(DomainError):
    """No doubt has this id."""

    code = "intake.doubt_not_found"
    template = "没有编号为 %(doubt)s 的存疑事项。请用 xinheng intake doubts 查看待确认的事项。"


class DoubtNotInState(DomainError):
    """The doubt was decided, lapsed or undone already."""

    code = "intake.doubt_not_in_state"
    template = "存疑事项 %(doubt)s 现在是“%(state)s”，不能%(wanted)s。"


class NotACandidate(DomainError):
    """A doubt was to be decided for a subject that does not exist."""

    code = "intake.not_a_candidate"
    template = "登记库里没有编号为 %(subject)s 的单位。请从候选中选择，或写明登记库中单位的代码。"


class ReasonMissing(DomainError):
    """A decision needs its reason in words."""

    code = "intake.reason_missing"
    template = "没有写理由。%(what)s必须写明理由，以便当事人和以后的人核对。"


class DraftNotFound(DomainError):
    """There is no such draft of this clerk: sent, given up or too old."""

    code = "intake.draft_not_found"
    template = "没有这份草稿：可能已经报送、已经放弃，或者超过保存期限。请从“填一条”重新填写。"


class RowOfPerson(DomainError):
    """The row that was typed is about a natural person; nothing of it is kept."""

    code = "intake.row_of_person"
    template = "这一条写的是自然人，本平台不收自然人的记录，没有保存任何内容。依据：双公示填报规则（V04）。"


class WaiverRefused(DomainError):
    """A waiver cannot be asked for or decided like this."""

    code = "intake.waiver_refused"
    template = "不能豁免：%(why)s"


class WaiverNotFound(DomainError):
    """No waiver has this number, or not for this person."""

    code = "intake.waiver_not_found"
    template = "没有编号为 %(number)s 的豁免。"


class WaiverNotInState(DomainError):
    """The waiver was decided or revoked already."""

    code = "intake.waiver_not_in_state"
    template = "豁免 %(number)s 现在是“%(state)s”，不能%(wanted)s。"


class WaiverOfOneself(DomainError):
    """Who asked for a waiver may not decide about it."""

    code = "intake.waiver_of_oneself"
    template = "申请人和批准人不能是同一人。请由信用办的另一人办理。"


class ReviewedByClerk(DomainError):
    """Who amended, explained or submitted a batch wants to certify it."""

    code = "intake.reviewed_by_clerk"
    template = "批次 %(number)s 由你经办过（报送、改正、说明或提交），要由本机关的另一位审核人确认。"


class CellNotFound(DomainError):
    """The submission has no such row or cell, or its table is gone."""

    code = "intake.cell_not_found"
    template = "批次 %(number)s 第 %(row)s 行没有这一格，或者批次已经办完、表格不再保留。请回到批次页面核对。"


class RowNotKept(DomainError):
    """The row is about a natural person: nothing of it was kept, so nothing of it can be put right here."""

    code = "intake.row_not_kept"
    template = "第 %(row)s 行是自然人的信息，没有保存，不能在这里改。自然人的信息请按原渠道报送。"


class AmendmentHoldsPersonalNumber(DomainError):
    """The value that should be put in holds a personal number."""

    code = "intake.amendment_holds_personal_number"
    template = "“%(label)s”里填了身份证号、手机号或银行卡号，没有保存。请去掉号码后再填。"


class NothingAmended(DomainError):
    """A second check was asked for, but no cell was put right."""

    code = "intake.nothing_amended"
    template = "批次 %(number)s 还没有改过任何一格，不用重新检查。先在问题清单里改正，再重新检查。"


class NotExplained(DomainError):
    """A batch is to be submitted though a rule still waits for its explanation."""

    code = "intake.not_explained"
    template = "还有 %(count)s 类问题需要说明原因（%(rules)s），没有提交。请在问题清单里填写说明，可以一次说明同类的所有行。"


class WorkbookNotReady(DomainError):
    """A marked workbook is to be taken away that is not made yet, or is gone."""

    code = "intake.workbook_not_ready"
    template = "批次 %(number)s 的标记表还没有做好，或者已经销毁。请在“标记表”页看做到哪里，需要时再做一次。"
