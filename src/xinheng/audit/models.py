"""The event log, and the trail of changes and reads (ADR 0060)."""

from django.db import models

from xinheng.adapters.typed import TypedChar


class Event(models.Model):
    """Something that somebody did (事件); never changed, never deleted."""

    action = models.CharField("动作", max_length=80)
    actor = TypedChar("操作人", max_length=120)
    target_kind = models.CharField("对象类型", max_length=60)
    target_id = TypedChar("对象编号", max_length=120)
    at = models.DateTimeField("时间")
    facts = models.JSONField("事实", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "事件"
        indexes = [models.Index(fields=["target_kind", "target_id", "at"], name="audit_event_target")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target_kind} {self.target_id}"


class WhoAndWhy(models.Model):
    """Who was at work and why (``adapters.work``), as the database was told."""

    actor = models.TextField("操作人")
    organ_codes = models.TextField("单位代码")
    roles = models.TextField("岗位角色")
    purpose = models.TextField("用途")
    case_no = models.TextField("事由（案件或对象）")
    address = models.TextField("来源地址")
    door = models.TextField("入口")
    what = models.TextField("页面、接口或命令")
    request_id = models.TextField("请求编号")

    class Meta:
        abstract = True


class Change(WhoAndWhy):
    """A change of rows of one table (变更), written by the database's triggers and by nothing else; append-only.

    One entry is one row where rows are changed or deleted one by one, else one statement with its number of rows and the range
    of their keys. ``shown`` holds old and new values of columns that hold states and codes; of everything else there are
    digests (SHA-256 of the row as text; of many rows, of their digests in order).
    """

    at = models.DateTimeField("时间")
    transaction_id = models.BigIntegerField("事务编号")
    table_name = models.TextField("表")
    operation = models.TextField("操作")
    row_count = models.BigIntegerField("行数")
    first_key = models.TextField("主键自")
    last_key = models.TextField("主键至")
    columns = models.JSONField("改动的列", default=list)
    shown = models.JSONField("改动前后的状态", default=dict)
    before_sha256 = models.BinaryField("改动前的校验值", null=True)
    after_sha256 = models.BinaryField("改动后的校验值", null=True)
    database_user = models.TextField("数据库账号")

    class Meta:
        managed = False
        db_table = "audit_change"
        verbose_name = verbose_name_plural = "变更"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.operation} {self.table_name} {self.first_key}"


class Read(WhoAndWhy):
    """A read of what is not public (读取), committed before it was answered; append-only."""

    at = models.DateTimeField("时间")
    object_kind = models.TextField("对象类型")
    object_id = models.TextField("对象编号")
    method = models.TextField("方法")
    asked = models.JSONField("查询条件", default=dict)

    class Meta:
        managed = False
        db_table = "audit_read"
        verbose_name = verbose_name_plural = "读取"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.what} {self.object_id}"


class ReadSent(models.Model):
    """That the answer to a read was sent whole (读取确认); a read without one is unconfirmed. Append-only.

    ``id`` and ``at`` are the read's.
    """

    at = models.DateTimeField("读取的时间")
    sent_at = models.DateTimeField("答复发出的时间")
    status = models.IntegerField("答复的状态码")
    size = models.BigIntegerField("答复的大小（字节）", null=True)

    class Meta:
        managed = False
        db_table = "audit_readsent"
        verbose_name = verbose_name_plural = "读取确认"

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"
