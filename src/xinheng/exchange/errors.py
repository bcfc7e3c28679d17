"""What can go wrong with an upload, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class TooManyRowsForWorkbook(DomainError):
    """A workbook cannot hold so many rows."""

    code = "exchange.too_many_rows_for_workbook"
    template = "要上报%(rows)s条，超过一张工作表能放的%(limit)s行。请加 --format csv，或用 --since 分几次上报。没有生成文件。"


class CursorAhead(DomainError):
    """The cursor is newer than the newest publication."""

    code = "exchange.cursor_ahead"
    template = "--since %(since)s 比最新的公示序号 %(latest)s 还大。请填上一次上报打印的序号，或不填（从上一次接着上报）。"
