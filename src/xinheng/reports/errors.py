"""What can go wrong with a report, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class SubjectNotFound(DomainError):
    """Nobody in the register bears this code or exactly this name."""

    code = "reports.subject_not_found"
    template = "登记库里没有“%(text)s”。请用统一社会信用代码，或者一字不差的全称；同名的单位请用代码。"


class PurposeUnknown(DomainError):
    """The catalogue has no such purpose."""

    code = "reports.purpose_unknown"
    template = "没有“%(purpose)s”这种用途。可以用：%(known)s。"


class ReportNotFound(DomainError):
    """No report has this number, or the check code is not its own: the same answer for both."""

    code = "reports.report_not_found"
    template = "报告编号或者校验码不对。请对照报告首页，检查数字0和字母O、数字1和字母I有没有看混。"


class ReportGone(DomainError):
    """The report was issued, and its kept content was destroyed at the end of its retention."""

    code = "reports.report_gone"
    template = "报告%(number)s确由本平台出具；留存期已满，平台不再留存它的内容，不能重新取得。请重新出具一份。"


class ReportKeptLonger(DomainError):
    """The content of a report was to be destroyed too early."""

    code = "reports.report_kept_longer"
    template = "报告内容至少留存%(days)s天，没有销毁任何内容。请把日期改早；依法要提前销毁某一份的，用 xinheng retention erase report。"


class SigningKeyMissing(DomainError):
    """The county's own certificate was named and cannot be used."""

    code = "reports.signing_key_missing"
    template = "签名证书不能使用：%(reason)s。请检查 XINHENG_REPORT_P12 和 XINHENG_REPORT_P12_PASSWORD_FILE。"


class FontsMissing(DomainError):
    """The fonts of the reports were not built."""

    code = "reports.fonts_missing"
    template = "没有找到报告的字体（%(folder)s）。先运行 make setup 安装，再出具报告。"


class BatchUnreadable(DomainError):
    """The file of a batch names nobody."""

    code = "reports.batch_unreadable"
    template = "“%(file)s”里没有代码：每行写一个统一社会信用代码，或者第一列是代码的CSV（UTF-8）。"


class ReportFileTooLarge(DomainError):
    """No report is that large."""

    code = "reports.report_file_too_large"
    template = "文件太大：信用报告不会超过%(limit)s MB，请检查是不是选错了文件。"
