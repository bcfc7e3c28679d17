"""Submissions (报送批次), their originals, findings, doubts and row outcomes: fields and constraints, no behaviour.

What the law refuses the database refuses too: migration ``0002_guards`` adds the legal transitions of a submission, the
lock of a submitted one, and the append-only tables.
"""

from django.db import models
from django.db.models import F, Q

from xinheng.accounts.domain import SYSTEM_SIGNATURE
from xinheng.adapters.typed import TypedChar, TypedText


class SubmissionState(models.TextChoices):
    """Where a submission (报送批次) is. It is in exactly one state; ``0002_guards`` holds the legal transitions."""

    DRAFT = "DRAFT", "草稿"
    RECEIVED = "RECEIVED", "已收到"
    LANDED = "LANDED", "已读入"
    CHECKED = "CHECKED", "已检查"
    MATCHED = "MATCHED", "已核对主体"
    SUBMITTED = "SUBMITTED", "已提交审核"
    CERTIFIED = "CERTIFIED", "已确认"
    PUBLISHED = "PUBLISHED", "已入库"
    RETURNED = "RETURNED", "已退回"
    REFUSED = "REFUSED", "没有接收"
    WITHDRAWN = "WITHDRAWN", "已撤回"
    SUPERSEDED = "SUPERSEDED", "已由新批次代替"


UNFINISHED = (
    SubmissionState.DRAFT,
    SubmissionState.RECEIVED,
    SubmissionState.LANDED,
    SubmissionState.CHECKED,
    SubmissionState.MATCHED,
    SubmissionState.SUBMITTED,
    SubmissionState.CERTIFIED,
)
"""States in which the same file of the same organ is the same submission, not another one."""

ABANDONABLE = (
    SubmissionState.RECEIVED,
    SubmissionState.LANDED,
    SubmissionState.CHECKED,
    SubmissionState.MATCHED,
    SubmissionState.SUBMITTED,
    SubmissionState.RETURNED,
)
"""States in which a submission can still be given up: nothing of it became a record, and it is not over."""

DECIDABLE = (
    SubmissionState.MATCHED,
    SubmissionState.SUBMITTED,
    SubmissionState.RETURNED,
    SubmissionState.CERTIFIED,
    SubmissionState.PUBLISHED,
)
"""States in which a doubtful row of a submission can be decided."""

REVIEWED = (SubmissionState.CERTIFIED, SubmissionState.PUBLISHED)


class Submission(models.Model):
    """One file that one organ reported (报送批次), from its arrival to its records or its refusal.

    What identifies the submission (file, organ, clerk) never changes; once it is submitted for review nothing that the
    reviewer sees changes either. Rows are never deleted.
    """

    number = models.CharField("批次编号", max_length=32, unique=True)
    state = models.CharField("状态", max_length=16, choices=SubmissionState, default=SubmissionState.RECEIVED)
    organ_code = models.CharField("报送机关代码", max_length=18)
    organ_name = models.CharField("报送机关", max_length=200)
    clerk = TypedChar("经办人", max_length=64)
    reviewer = TypedChar("审核人", max_length=64, blank=True, default="")
    item_id = models.CharField("目录项", max_length=64, blank=True, default="")
    item_version = models.CharField("目录项版本", max_length=96, blank=True, default="")
    catalogue_hash = models.CharField("目录指纹", max_length=64, blank=True, default="")
    rule_set_version = models.CharField("规则集版本", max_length=96, blank=True, default="")
    file_name = TypedChar("文件名", max_length=255)
    file_sha256 = models.CharField("文件SHA-256", max_length=64)
    file_size = models.BigIntegerField("文件大小（字节）")
    is_desensitised = models.BooleanField("声明：事实文字已脱敏", default=False)
    is_on_the_spot = models.BooleanField("声明：均为当场处罚", default=False)
    is_secret_free = models.BooleanField("声明：不含涉密信息", default=True)
    is_legacy = models.BooleanField("旧站数据", default=False)
    is_amended = models.BooleanField("在平台上改正后重新检查", default=False)
    received_at = models.DateTimeField("收到时间")
    reported_date = models.DateField("报送日期")
    submitted_at = models.DateTimeField("提交审核时间", null=True, blank=True)
    certified_at = models.DateTimeField("确认时间", null=True, blank=True)
    published_at = models.DateTimeField("入库时间", null=True, blank=True)
    first_seq = models.BigIntegerField("公示序号自", null=True, blank=True)
    last_seq = models.BigIntegerField("公示序号至", null=True, blank=True)
    landing = models.JSONField("读入情况", default=dict, blank=True)
    counts = models.JSONField("各类行数", default=dict, blank=True)
    refusal_code = models.CharField("没有接收的原因代码", max_length=96, blank=True, default="")
    refusal_text = TypedText("没有接收的原因", blank=True, default="")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name="代替的批次"
    )

    class Meta:
        verbose_name = verbose_name_plural = "报送批次"
        constraints = [
            models.CheckConstraint(
                name="submission_two_persons",
                condition=Q(reviewer="") | ~Q(clerk=F("reviewer")),
                violation_error_message="经办人与审核人不能是同一人。",
            ),
            models.CheckConstraint(
                name="submission_reviewed_by_someone",
                condition=~Q(state__in=REVIEWED) | (~Q(reviewer="") & Q(certified_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="submission_certified_by_a_person",
                condition=~Q(reviewer__startswith=SYSTEM_SIGNATURE),
                violation_error_message="审核确认由人办理，系统不能代替。",
            ),
            models.CheckConstraint(name="submission_has_a_clerk", condition=~Q(clerk="")),
            models.CheckConstraint(name="submission_state_known", condition=Q(state__in=SubmissionState.values)),
            models.CheckConstraint(
                name="submission_refusal_has_a_reason",
                condition=~Q(state=SubmissionState.REFUSED) | ~Q(refusal_text=""),
            ),
            models.UniqueConstraint(
                name="submission_one_open_per_file",
                fields=["organ_code", "file_sha256"],
                condition=Q(state__in=UNFINISHED),
            ),
        ]
        indexes = [
            models.Index(name="submission_by_organ", fields=["organ_code", "-received_at"]),
            models.Index(name="submission_open", fields=["state"], condition=Q(state__in=UNFINISHED)),
        ]

    def __str__(self) -> str:
        return self.number


class SubmissionOriginal(models.Model):
    """The file as it came, encrypted under a key of its own; destroying the key destroys the file (P16).

    ``file_sha256`` of the submission stays for ever. ``stored_as`` names the sealed file in the storage folder.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, primary_key=True, related_name="original")
    stored_as = models.CharField("存放名", max_length=64)
    wrapped_key = models.BinaryField("密钥（已封装）", null=True, blank=True)
    destroy_after = models.DateField("销毁日期")
    destroyed_at = models.DateTimeField("销毁时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报送原件"
        constraints = [
            models.CheckConstraint(
                name="original_key_or_destroyed",
                condition=Q(wrapped_key__isnull=False, destroyed_at__isnull=True)
                | Q(wrapped_key__isnull=True, destroyed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"original of {self.submission_id}"


class SubmissionEvent(models.Model):
    """One thing that happened to a submission (时间线), append-only: who, when, from which state to which."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="events")
    at = models.DateTimeField("时间")
    actor = TypedChar("经手人", max_length=64)
    action = models.CharField("事项", max_length=64)
    from_state = models.CharField("原状态", max_length=16, blank=True, default="")
    to_state = models.CharField("新状态", max_length=16, blank=True, default="")
    note = TypedText("说明", blank=True, default="")
    facts = models.JSONField("情况", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批次时间线"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.action}"


class SubmissionFinding(models.Model):
    """One problem of one cell, row or file, as it was told to the sender. Values are masked (P16). Append-only."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="findings")
    sheet = models.TextField("工作表", blank=True, default="")
    row = models.BigIntegerField("行", default=0)
    column = models.TextField("列", blank=True, default="")
    field = models.CharField("字段", max_length=64, blank=True, default="")
    value = models.TextField("表中的值（已遮盖）", blank=True, default="")
    rule = models.CharField("规则", max_length=32)
    severity = models.CharField("程度", max_length=16)
    message = models.TextField("问题")
    expected = models.TextField("应当是", blank=True, default="")
    fix = models.TextField("怎么改", blank=True, default="")
    ground = models.TextField("依据", blank=True, default="")
    confidence = models.CharField("可信度", max_length=16, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "检查结果"
        indexes = [models.Index(name="finding_by_row", fields=["submission", "sheet", "row"])]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.row} {self.rule}"


class RowOutcome(models.TextChoices):
    """What became of one row (逐行结果)."""

    NEW = "NEW", "已入库"
    CORRECTED = "CORRECTED", "已更正原有记录"
    DUPLICATE = "DUPLICATE", "与库中记录相同"
    RETURNED = "RETURNED", "退回改正"
    DOUBTFUL = "DOUBTFUL", "主体存疑"
    PERSON = "PERSON", "自然人，不收"


class SubmissionRow(models.Model):
    """What became of one row of a finished submission (逐行结果): written once, when its records are written.

    A doubtful row that is decided later gets a second, newer line; the newest line of a row counts.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="rows")
    sheet = models.TextField("工作表", blank=True, default="")
    row = models.BigIntegerField("行")
    outcome = models.CharField("结果", max_length=16, choices=RowOutcome)
    subject_id = models.BigIntegerField("信用主体", null=True, blank=True)
    how = models.CharField("匹配方式", max_length=24, blank=True, default="")
    record_id = models.UUIDField("记录", null=True, blank=True)
    seq = models.BigIntegerField("公示序号", null=True, blank=True)
    late_workdays = models.IntegerField("迟报工作日", default=0)
    is_not_shown = models.BooleanField("入库不公示", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "逐行结果"
        indexes = [models.Index(name="row_of_submission", fields=["submission", "sheet", "row"])]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.row} {self.outcome}"


class ReturnedRow(models.Model):
    """A row that came back to be mended (退回改正的行), append-only; the lines of a batch's newest matching count.

    It says by when the row is due (``decision_date``) and under which number it will be recognised once mended. The row
    itself is not kept. Rows about natural persons are not among them.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="returned_rows")
    sheet = models.TextField("工作表", blank=True, default="")
    row = models.BigIntegerField("行")
    document_no_key = models.TextField("文书号比对形式", blank=True, default="", db_collation="C")
    decision_date = models.DateField("决定日期", null=True, blank=True)
    matched_at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = verbose_name_plural = "退回改正的行"
        indexes = [
            models.Index(name="returned_of_submission", fields=["submission", "sheet", "row"]),
            models.Index(name="returned_by_number", fields=["document_no_key"]),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.row}"


class DoubtState(models.TextChoices):
    """Where a doubt (主体存疑) is."""

    OPEN = "OPEN", "待确认"
    DECIDED = "DECIDED", "已确认"
    REJECTED = "REJECTED", "都不是，退回补充"
    LAPSED = "LAPSED", "逾期没有确认，已随原件销毁"


class Doubt(models.Model):
    """A row of which nobody knows for certain whose it is (主体存疑). The platform lists candidates and decides nothing.

    The row itself is sealed under the submission's own key, so it is destroyed with the original (P16).
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="doubts")
    sheet = models.TextField("工作表", blank=True, default="")
    row = models.BigIntegerField("行")
    name = TypedText("来文中的名称", blank=True, default="")
    code = TypedText("来文中的代码", blank=True, default="")
    document_no = TypedText("文书号", blank=True, default="")
    decision_date = models.DateField("决定日期", null=True, blank=True)
    reason = models.TextField("存疑原因")
    candidates = models.JSONField("候选", default=list)
    inputs_digest = models.CharField("核对所用各格的校验值", max_length=64, blank=True, default="")
    sealed_row = models.BinaryField("来文该行（加密）", null=True, blank=True)
    is_not_shown = models.BooleanField("入库不公示", default=False)
    state = models.CharField("状态", max_length=16, choices=DoubtState, default=DoubtState.OPEN)
    subject_id = models.BigIntegerField("确认的信用主体", null=True, blank=True)
    record_id = models.UUIDField("由此形成的记录", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "主体存疑"
        constraints = [
            models.UniqueConstraint(name="doubt_one_per_row", fields=["submission", "sheet", "row"]),
            models.CheckConstraint(
                name="doubt_decided_names_a_subject",
                condition=~Q(state=DoubtState.DECIDED) | Q(subject_id__isnull=False),
            ),
        ]
        indexes = [models.Index(name="doubt_open", fields=["submission"], condition=Q(state="OPEN"))]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.row} {self.state}"


class DoubtDecision(models.Model):
    """One decision on a doubt, or its undoing; append-only. After certification a second person confirms it.

    One that waits for its second person is the newest line of its doubt and says ``PROPOSE``; nothing follows from it.
    One that was carried over a re-check (``carried_from``) says who decided, when and why, as the first one did.
    """

    class Action(models.TextChoices):
        DECIDE = "DECIDE", "确认主体"
        REJECT = "REJECT", "都不是"
        UNDO = "UNDO", "撤销确认"
        PROPOSE = "PROPOSE", "提出，等另一人复核"
        DECLINE = "DECLINE", "复核不同意"

    doubt = models.ForeignKey(Doubt, models.PROTECT, related_name="decisions")
    action = models.CharField("决定", max_length=16, choices=Action)
    subject_id = models.BigIntegerField("信用主体", null=True, blank=True)
    reason = TypedText("理由")
    actor = TypedChar("决定人", max_length=64)
    confirmed_by = TypedChar("复核人", max_length=64, blank=True, default="")
    at = models.DateTimeField("时间")
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="沿用的决定")

    class Meta:
        verbose_name = verbose_name_plural = "存疑决定"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="doubt_decision_two_persons",
                condition=Q(confirmed_by="") | ~Q(actor=F("confirmed_by")),
            ),
            models.CheckConstraint(name="doubt_decision_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.doubt_id}: {self.action}"


class PublishedSubmission(models.Model):
    """A submission whose rows became records (已入库批次), as everybody may know of it: whose, and of which day.

    A view (``0005_walls``): what the public pages read, to whom the submissions themselves are closed (P11).
    """

    id = models.BigIntegerField("编号", primary_key=True)
    organ_code = models.CharField("报送机关代码", max_length=18)
    reported_date = models.DateField("报送日期")

    class Meta:
        managed = False
        db_table = "intake_published"
        verbose_name = verbose_name_plural = "已入库批次"

    def __str__(self) -> str:
        return f"{self.organ_code} {self.reported_date}"


class NumberCounter(models.Model):
    """The last submission number given on a day (批次流水号)."""

    day = models.DateField("日期", primary_key=True)
    last = models.IntegerField("最后序号")

    class Meta:
        verbose_name = verbose_name_plural = "批次流水号"

    def __str__(self) -> str:
        return f"{self.day}: {self.last}"
