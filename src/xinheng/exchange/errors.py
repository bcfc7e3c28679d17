"""What can go wrong with an upload or a system's report, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class TooManyRowsForWorkbook(DomainError):
    """A workbook cannot hold so many rows."""

    code = "exchange.too_many_rows_for_workbook"
    template = "要上报%(rows)s条，超过一张工作表能放的%(limit)s行。请加 --format csv，或用 --since 分几次上报。没有生成文件。"


class CursorAhead(DomainError):
    """The cursor is newer than the newest publication."""

    code = "exchange.cursor_ahead"
    template = "--since %(since)s 比最新的公示序号 %(latest)s 还大。请填上一次上报打印的序号，或不填（从上一次接着上报）。"


class ScopeNotGranted(DomainError):
    """The token is not good for this purpose on this item."""

    code = "exchange.scope_not_granted"
    template = "这个令牌没有“%(scope)s”的权限。需要时请系统管理员重新登记系统接入，或在取令牌时带上这一项。"


class ItemNotReported(DomainError):
    """The catalogue has no such item, or takes no reports of it."""

    code = "exchange.item_not_reported"
    template = "目录里没有可以报送的“%(item)s”。目录项见 GET /api/v1/catalogue。"


class DraftNotFound(DomainError):
    """There is no such report of this system: never was, or another's, nobody learns which."""

    code = "exchange.draft_not_found"
    template = "没有这个编号的接口报送。请核对建立时返回的 id。"


class DraftNotOpen(DomainError):
    """The report was handed to the check already, or lapsed."""

    code = "exchange.draft_not_open"
    template = "这个接口报送现在是“%(state)s”，不能再%(wanted)s。要报送新的内容，请另建一个。"


class DraftNotChecked(DomainError):
    """What was not checked yet cannot be submitted."""

    code = "exchange.draft_not_checked"
    template = "这个接口报送还没有交检查，不能提交审核。先发送各行，再请求检查。"


class DraftNotReturned(DomainError):
    """Only a report of the same item that was returned can be replaced by another one."""

    code = "exchange.draft_not_returned"
    template = (
        "接口报送 %(report)s 不是同一信息项，或没有被退回，不能由新的代替。"
        "直接另建一个报送即可，已入库的行会判为重复，不会记两次。"
    )


class DraftEmpty(DomainError):
    """A report without rows is checked by nobody."""

    code = "exchange.draft_empty"
    template = "还没有收到任何一行，不能检查。先发送各行。"


class RowsNotRead(DomainError):
    """The rows are not as described: nothing of the request was taken."""

    code = "exchange.rows_not_read"
    template = "第%(row)s行不能读：%(reason)s。这次请求没有收下任何一行。"


class TooManyRowsInDraft(DomainError):
    """One report holds so many rows at most."""

    code = "exchange.too_many_rows_in_draft"
    template = "一个接口报送最多%(limit)s行，这次请求没有收下。请先检查已发的，再另建一个。"


class KeyReused(DomainError):
    """The same Idempotency-Key came with another request."""

    code = "exchange.idempotency_key_reused"
    template = (
        "这个 Idempotency-Key 已经用于另一个内容不同的请求，这次没有办理。每个请求用新的键；只有重发同一请求时才用原来的键。"
    )
