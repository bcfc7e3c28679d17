"""Tables of the register of organisations. There is no table for natural persons (P2, P4)."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from xinheng.adapters.typed import TypedChar
from xinheng.subjects.domain import KIND_LABELS, STATUS_LABELS, RegistrationStatus, SubjectKind

_KINDS = [(kind.value, label) for kind, label in KIND_LABELS.items()]
_STATUSES = [(status.value, label) for status, label in STATUS_LABELS.items()]


class RegisterImport(models.Model):
    """One file that was read into the register (登记库导入批次)."""

    file_name = TypedChar("文件名", max_length=255)
    file_sha256 = models.CharField("文件校验值", max_length=64)
    actor = TypedChar("操作人", max_length=120)
    at = models.DateTimeField("导入时间")
    counts = models.JSONField("计数", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "登记库导入批次"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


def _import_reference(title: str) -> "models.ForeignKey[RegisterImport | None, RegisterImport | None]":
    """Return a column that names the import a row came with.

    Without constraint and index: only the import itself writes it, for a million rows at once, and nobody searches by it.
    """
    return models.ForeignKey(
        RegisterImport, models.DO_NOTHING, null=True, related_name="+", verbose_name=title, db_constraint=False, db_index=False
    )


class Subject(models.Model):
    """An organisation (信用主体) as it is registered now; what it was before stands in the history tables.

    A row is never deleted and its number never changes, so records that point at it follow every rename, change of
    code and cancellation. The columns repeat the current rows of the history tables; both are written together.
    """

    kind = models.CharField("主体类别", max_length=32, choices=_KINDS)
    uscc = models.CharField("统一社会信用代码", max_length=18, null=True, unique=True, db_collation="C")  # noqa: DJ001 - no two missing codes are equal
    registration_no = models.CharField("工商注册号", max_length=50, null=True, db_collation="C")  # noqa: DJ001 - no two missing codes are equal
    organisation_code = models.CharField("组织机构代码", max_length=9, null=True, db_collation="C")  # noqa: DJ001 - no two missing codes are equal
    name = models.CharField("主体名称", max_length=200)
    name_key = models.CharField("名称比对形式", max_length=200, db_collation="C")
    name_sort = models.CharField("名称拼音", max_length=240, default="", db_collation="C")
    status = models.CharField("登记状态", max_length=24, choices=_STATUSES, default=RegistrationStatus.UNKNOWN.value)
    established_date = models.DateField("成立日期", null=True)
    register_organ = models.CharField("登记机关", max_length=200, default="")
    province = models.CharField("所在省份", max_length=40, default="")
    area = models.CharField("所在区县", max_length=80, default="")
    township = models.CharField("乡镇（街道）", max_length=80, default="")
    address = models.CharField("住所", max_length=500, default="")
    type_text = models.CharField("登记类型", max_length=120, default="")
    capital_text = models.CharField("注册资本", max_length=120, default="")
    business_scope = models.TextField("经营范围", default="")
    is_irregular_code = models.BooleanField("登记代码不规则", default=False)
    is_demo = models.BooleanField("演示数据", default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed", verbose_name="并入主体")
    merged_date = models.DateField("并入日期", null=True)
    first_import = _import_reference("首次导入批次")
    last_import = _import_reference("最近变动批次")

    class Meta:
        verbose_name = verbose_name_plural = "信用主体"
        indexes = [
            models.Index(fields=["name_key"], name="subjects_subject_name_key"),
            models.Index(
                fields=["registration_no"], name="subjects_subject_reg_no", condition=Q(registration_no__isnull=False)
            ),
            models.Index(
                fields=["organisation_code"], name="subjects_subject_org_code", condition=Q(organisation_code__isnull=False)
            ),
            models.Index(fields=["uscc"], name="subjects_subject_irregular", condition=Q(is_irregular_code=True)),
            # Whether an organisation was merged, without reading its row: a search asks it of every match.
            models.Index(fields=["id", "merged_into"], name="subjects_subject_merged", condition=Q(merged_into__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="subject_has_a_code",
                condition=Q(uscc__isnull=False) | Q(registration_no__isnull=False) | Q(organisation_code__isnull=False),
            ),
            models.CheckConstraint(name="subject_has_a_name", condition=~Q(name_key="")),
            models.CheckConstraint(name="subject_kind_is_known", condition=Q(kind__in=[kind.value for kind in SubjectKind])),
            models.CheckConstraint(
                name="subject_not_merged_into_itself", condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sole_trader(self) -> bool:
        """Return whether this is a sole trader (个体工商户), for whom more is protected (P2)."""
        return self.kind == SubjectKind.SOLE_TRADER

    @property
    def borne_codes(self) -> tuple[str, ...]:
        """Return every code it bears, the one it is shown with first."""
        return tuple(code for code in (self.uscc, self.registration_no, self.organisation_code) if code)

    @property
    def shown_code(self) -> str:
        """Return the code by which pages and files name it: the unified one, else the older ones."""
        return self.borne_codes[0] if self.borne_codes else ""

    @property
    def public_address(self) -> str:
        """Return what the public may read of the address: for a sole trader nothing below the township (P2)."""
        if self.is_sole_trader:
            return f"{self.area}{self.township}"
        return self.address


class _Period(models.Model):
    """What held from one day (inclusive) to another (exclusive); an empty end is unknown or open."""

    valid_from = models.DateField("起始日", null=True)
    valid_to = models.DateField("截止日（不含）", null=True)
    is_current = models.BooleanField("现行", default=True)
    source = _import_reference("导入批次")

    class Meta:
        abstract = True


_IN_ORDER = Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to"))


class SubjectName(_Period):
    """A name, current or former (名称及曾用名). All names are here, so that one index finds them."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="names", verbose_name="信用主体")
    name = models.CharField("名称", max_length=200)
    name_key = models.CharField("名称比对形式", max_length=200, db_collation="C")

    class Meta:
        verbose_name = verbose_name_plural = "名称及曾用名"
        indexes = [
            models.Index(fields=["name_key"], name="subjects_name_key"),
            GinIndex(Func(F("name_key"), function="bg"), name="subjects_name_bigrams"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=Q(is_current=True), name="subject_has_one_current_name"),
            models.CheckConstraint(name="subject_name_in_order", condition=_IN_ORDER),
        ]

    def __str__(self) -> str:
        return self.name


class SubjectCode(_Period):
    """A code, current or former (代码及原代码). An organisation code inside a USCC has no row of its own."""

    class Type(models.TextChoices):
        """Which code it is."""

        USCC = "USCC", "统一社会信用代码"
        REGISTRATION_NO = "REGISTRATION_NO", "工商注册号"
        ORGANISATION_CODE = "ORGANISATION_CODE", "组织机构代码"

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="codes", verbose_name="信用主体")
    code_type = models.CharField("代码类型", max_length=20, choices=Type)
    code = models.CharField("代码", max_length=50, db_collation="C")

    class Meta:
        verbose_name = verbose_name_plural = "代码及原代码"
        indexes = [models.Index(fields=["code"], name="subjects_code")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "code_type"], condition=Q(is_current=True), name="subject_has_one_current_code_of_a_type"
            ),
            models.CheckConstraint(name="subject_code_in_order", condition=_IN_ORDER),
        ]

    def __str__(self) -> str:
        return self.code


class SubjectStatus(_Period):
    """A registration state over time (登记状态沿革)."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="statuses", verbose_name="信用主体")
    status = models.CharField("登记状态", max_length=24, choices=_STATUSES)

    class Meta:
        verbose_name = verbose_name_plural = "登记状态沿革"
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=Q(is_current=True), name="subject_has_one_current_status"),
            models.CheckConstraint(name="subject_status_in_order", condition=_IN_ORDER),
        ]

    def __str__(self) -> str:
        return self.status


class SubjectAddress(_Period):
    """An address over time (住所沿革); of a sole trader only the township is public."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="addresses", verbose_name="信用主体")
    address = models.CharField("住所", max_length=500)
    township = models.CharField("乡镇（街道）", max_length=80, default="")

    class Meta:
        verbose_name = verbose_name_plural = "住所沿革"
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=Q(is_current=True), name="subject_has_one_current_address"),
            models.CheckConstraint(name="subject_address_in_order", condition=_IN_ORDER),
        ]

    def __str__(self) -> str:
        return self.address


class FrequentPair(models.Model):
    """A pair of neighbouring characters that is in many names, and in about how many (常见字对).

    Counted from a sample after every large import, for the search to choose by which pairs it looks names up.
    """

    pair = models.CharField("字对", max_length=2, primary_key=True, db_collation="C")
    names = models.PositiveIntegerField("名称数（估计）")

    class Meta:
        verbose_name = verbose_name_plural = "常见字对"

    def __str__(self) -> str:
        return self.pair
