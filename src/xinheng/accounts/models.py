"""Accounts, role grants, invitations: fields and constraints. ``0002_guards`` adds what a constraint cannot say."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from xinheng.accounts.domain import NEEDS_ORGAN, ROLE_LABELS, Role
from xinheng.adapters.typed import TypedChar

ROLE_CHOICES = [(role.value, label) for role, label in ROLE_LABELS.items()]


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by login name. Accounts are made by accepting an invitation, never by a form (``services``)."""


class Account(AbstractBaseUser):
    """One person who works with the platform (账号). Never deleted: acts stay attributable; closed instead.

    No document number, no phone, no e-mail is kept: a login name and the name that colleagues read.
    """

    login_name = models.CharField("登录名", max_length=32, unique=True)
    display_name = TypedChar("姓名", max_length=40)
    made_at = models.DateTimeField("建立时间")
    invited_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="邀请人")
    is_active = models.BooleanField("在用", default=True)
    closed_at = models.DateTimeField("停用时间", null=True, blank=True)
    closed_ground = TypedChar("停用理由", max_length=200, blank=True, default="")

    USERNAME_FIELD = "login_name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects = AccountManager()

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [
            models.CheckConstraint(name="account_closed_with_a_ground", condition=Q(is_active=True) | ~Q(closed_ground="")),
        ]

    def __str__(self) -> str:
        return self.login_name

    def get_full_name(self) -> str:
        """Return the name that colleagues read."""
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; of an account that there is only what may change, as the database allows no more (``0002_guards``)."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = ["password", "last_login", "display_name", "is_active", "closed_at", "closed_ground"]
        super().save(*args, **kwargs)


class RoleGrant(models.Model):
    """One role that a named person gave to another in one organ (岗位授予), from a day on, until a day or until revoked.

    Who gave it, to whom, when and why never changes. ``items`` narrows it to some items of the catalogue; empty means all.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=24, choices=ROLE_CHOICES)
    organ_code = models.CharField("单位代码", max_length=18, blank=True, default="")
    title = TypedChar("岗位名称", max_length=40, blank=True, default="")
    items = models.JSONField("目录项", default=list, blank=True)
    valid_from = models.DateField("自")
    valid_until = models.DateField("至（含）", null=True, blank=True)
    ground = TypedChar("依据", max_length=200)
    granted_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="授予人")
    granted_from_server = TypedChar("在服务器上授予的人", max_length=40, blank=True, default="")
    granted_at = models.DateTimeField("授予时间")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)
    revoked_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收回人")
    revoked_ground = TypedChar("收回理由", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "岗位授予"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="grant_role_known", condition=Q(role__in=[role.value for role in Role])),
            models.CheckConstraint(
                name="grant_organ_where_needed",
                condition=Q(role__in=sorted(NEEDS_ORGAN)) & ~Q(organ_code="")
                | ~Q(role__in=sorted(NEEDS_ORGAN)) & Q(organ_code=""),
            ),
            models.CheckConstraint(
                name="grant_period_forward", condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from"))
            ),
            # A named person gives it: another account, or (the first administrator) a person at the server.
            models.CheckConstraint(
                name="grant_given_by_another",
                condition=Q(granted_by__isnull=False, granted_from_server="") & ~Q(granted_by=F("account"))
                | Q(granted_by__isnull=True) & ~Q(granted_from_server=""),
            ),
            models.CheckConstraint(name="grant_has_a_ground", condition=~Q(ground="")),
            models.CheckConstraint(
                name="grant_revoked_with_a_ground",
                condition=Q(revoked_at__isnull=True, revoked_ground="") | Q(revoked_at__isnull=False) & ~Q(revoked_ground=""),
            ),
            models.UniqueConstraint(
                name="grant_one_open_per_role_and_organ",
                fields=["account", "role", "organ_code"],
                condition=Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.organ_code}"


class Invitation(models.Model):
    """A letter by which one named person becomes an account (邀请). Only a hash of its secret is kept; it works once."""

    secret_sha256 = models.CharField("密文指纹", max_length=64, unique=True)
    login_name = models.CharField("登录名", max_length=32)
    display_name = TypedChar("姓名", max_length=40)
    role = models.CharField("角色", max_length=24, choices=ROLE_CHOICES)
    organ_code = models.CharField("单位代码", max_length=18, blank=True, default="")
    title = TypedChar("岗位名称", max_length=40, blank=True, default="")
    ground = TypedChar("依据", max_length=200)
    invited_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="邀请人")
    invited_from_server = TypedChar("在服务器上邀请的人", max_length=40, blank=True, default="")
    made_at = models.DateTimeField("发出时间")
    expires_at = models.DateTimeField("有效至")
    accepted_at = models.DateTimeField("接受时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("收回时间", null=True, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号")

    class Meta:
        verbose_name = verbose_name_plural = "邀请"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="invitation_has_a_ground", condition=~Q(ground="")),
            models.CheckConstraint(
                name="invitation_sent_by_a_person",
                condition=Q(invited_by__isnull=False, invited_from_server="")
                | Q(invited_by__isnull=True) & ~Q(invited_from_server=""),
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_an_account",
                condition=Q(accepted_at__isnull=True, account__isnull=True)
                | Q(accepted_at__isnull=False, account__isnull=False),
            ),
            models.UniqueConstraint(
                name="invitation_one_open_per_login_name",
                fields=["login_name"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.login_name


class SystemClient(models.Model):
    """A system that reports for one organ (系统接入), registered by a named person, for items and purposes, dated, revocable.

    What is needed to sign in (the hash of its secret, the scopes) is the OAuth client of ``allauth.idp``.
    """

    oauth = models.OneToOneField("allauth_idp_oidc.Client", models.PROTECT, related_name="system", verbose_name="OAuth 客户端")
    name = TypedChar("系统名称", max_length=80)
    organ_code = models.CharField("单位代码", max_length=18)
    items = models.JSONField("目录项", default=list)
    purposes = models.JSONField("用途", default=list)
    valid_from = models.DateField("自")
    valid_until = models.DateField("至（含）", null=True, blank=True)
    ground = TypedChar("依据", max_length=200)
    registered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    registered_from_server = TypedChar("在服务器上登记的人", max_length=40, blank=True, default="")
    registered_at = models.DateTimeField("登记时间")
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    revoked_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="停用人")
    revoked_from_server = TypedChar("在服务器上停用的人", max_length=40, blank=True, default="")
    revoked_ground = TypedChar("停用理由", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "系统接入"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="client_of_an_organ", condition=~Q(organ_code="") & ~Q(ground="")),
            models.CheckConstraint(name="client_for_something", condition=~Q(items=[]) & ~Q(purposes=[])),
            models.CheckConstraint(
                name="client_period_forward", condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="client_registered_by_a_person",
                condition=Q(registered_by__isnull=False, registered_from_server="")
                | Q(registered_by__isnull=True) & ~Q(registered_from_server=""),
            ),
            models.CheckConstraint(
                name="client_revoked_with_a_ground",
                condition=Q(revoked_at__isnull=True, revoked_ground="", revoked_by__isnull=True, revoked_from_server="")
                | Q(revoked_at__isnull=False)
                & ~Q(revoked_ground="")
                & (Q(revoked_by__isnull=False) | ~Q(revoked_from_server="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
