"""What can go wrong with accounts, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class LoginNameTaken(DomainError):
    """Another account or open invitation has this login name."""

    code = "accounts.login_name_taken"
    template = "登录名“%(login_name)s”已经有人用了，换一个。"


class LoginNameMalformed(DomainError):
    """A login name is made of few kinds of characters, and is no personal number."""

    code = "accounts.login_name_malformed"
    template = "登录名“%(login_name)s”不合要求：3至32个小写字母、数字、点或短横线，以字母开头；不要用身份证号或手机号。"


class InvitationUnusable(DomainError):
    """There is no such invitation, it was used, taken back, or its time is over: the same answer for all."""

    code = "accounts.invitation_unusable"
    template = "这个邀请不能用了：可能已经用过、被收回，或者过了有效期。请找邀请你的人再发一个。"


class PasswordTooWeak(DomainError):
    """The password does not meet the rules."""

    code = "accounts.password_too_weak"
    template = "口令不合要求：%(reasons)s"


class AccountNotFound(DomainError):
    """There is no such account."""

    code = "accounts.account_not_found"
    template = "没有登录名是“%(login_name)s”的账号。"


class RolesClash(DomainError):
    """One person may not hold both roles."""

    code = "accounts.roles_clash"
    template = "同一个人不能既是%(one)s又是%(other)s：管账号的看不到业务数据，审计的不办业务。请先收回其中一个。"


class RoleHeldAlready(DomainError):
    """The person holds this role in this organ."""

    code = "accounts.role_held_already"
    template = "%(name)s已经是%(organ)s的%(role)s。要改期限或目录项，先收回，再授予。"


class OrganNeeded(DomainError):
    """A role of an organ was given without one, or a representative's with one."""

    code = "accounts.organ_needed"
    template = "%(role)s要写明是哪个单位的；主体代表不属于任何报送单位。"


class OwnGrant(DomainError):
    """Nobody gives a role to oneself or takes one's own role away."""

    code = "accounts.own_grant"
    template = "自己的岗位不能由自己授予或收回，请另一位系统管理员办理。"


class NotAllowedToGrant(DomainError):
    """Only administrators manage accounts."""

    code = "accounts.not_allowed_to_grant"
    template = "账号和岗位由系统管理员管理。你现在没有这个岗位。"


class GrantNotOpen(DomainError):
    """The grant does not exist or was taken back already."""

    code = "accounts.grant_not_open"
    template = "这个岗位已经收回，或者不存在。刷新页面看现在的情况。"


class GroundMissing(DomainError):
    """Every grant, revocation and closing has a written ground."""

    code = "accounts.ground_missing"
    template = "要写明依据或理由（例如任职文件的文号）。"


class PeriodBackwards(DomainError):
    """The last day is before the first."""

    code = "accounts.period_backwards"
    template = "截止日期%(until)s早于开始日期%(since)s。"


class ScopeMissing(DomainError):
    """A system is registered for at least one item and one purpose."""

    code = "accounts.scope_missing"
    template = "要写明这个系统报送哪些目录项、作什么用途，至少各一个。"


class ClientNotOpen(DomainError):
    """The system does not exist or was closed already."""

    code = "accounts.client_not_open"
    template = "这个系统接入已经停用，或者不存在。刷新页面看现在的情况。"
