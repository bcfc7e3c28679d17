"""What is typed in the workbench, checked before a service sees it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from xinheng.accounts.domain import PURPOSE_LABELS, ROLE_LABELS, Purpose, Role

_NO_CHOICE = [("", "请选择")]


class RoleForm(forms.Form):
    """A role in an organ, of those that the catalogue has."""

    role = forms.ChoiceField(label="岗位角色")
    organ_code = forms.ChoiceField(label="单位", required=False, help_text="主体代表不选单位。")

    def __init__(self, data: object = None, *, organs: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)  # type: ignore[arg-type] # a QueryDict or nothing
        self.fields["role"].choices = _NO_CHOICE + [(role.value, label) for role, label in ROLE_LABELS.items()]  # type: ignore[attr-defined]
        self.fields["organ_code"].choices = _NO_CHOICE + list(organs)  # type: ignore[attr-defined]

    @property
    def chosen_role(self) -> Role:
        """Return the chosen role of a valid form."""
        return Role(self.cleaned_data["role"])


class InviteForm(RoleForm):
    """Whom to invite, as what, where, on what ground."""

    field_order = ("display_name", "login_name")

    display_name = forms.CharField(label="姓名", max_length=40)
    login_name = forms.CharField(
        label="登录名", max_length=32, help_text="3至32个小写字母、数字、点或短横线，以字母开头；不要用身份证号或手机号。"
    )
    title = forms.CharField(label="岗位名称", max_length=40, required=False, help_text="例如：法规股科员。可以不填。")
    ground = forms.CharField(label="依据", max_length=200, help_text="例如：奉市监函〔2026〕12号。")


class GrantForm(RoleForm):
    """Which role, where, from when, until when, on what ground."""

    title = forms.CharField(label="岗位名称", max_length=40, required=False)
    valid_from = forms.DateField(label="自", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    valid_until = forms.DateField(
        label="至（含）",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="不填：到收回为止。",
    )
    ground = forms.CharField(label="依据", max_length=200)

    def __init__(self, data: object = None, *, organs: Sequence[tuple[str, str]], today: date) -> None:
        super().__init__(data, organs=organs, initial={"valid_from": today})


class ClientForm(forms.Form):
    """Which system, for which organ, items and purposes, from when, until when, on what ground."""

    name = forms.CharField(label="系统名称", max_length=80, help_text="例如：市场监管执法办案系统。")
    organ_code = forms.ChoiceField(label="代哪个单位报送")
    items = forms.MultipleChoiceField(
        label="报送哪些目录项",
        widget=forms.CheckboxSelectMultiple,
        help_text="可以选几项；没有选的，这个系统报不了。",
    )
    purposes = forms.MultipleChoiceField(
        label="用途",
        choices=[(purpose.value, label) for purpose, label in PURPOSE_LABELS.items()],
        initial=[purpose.value for purpose in Purpose],
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = forms.DateField(label="自", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    valid_until = forms.DateField(
        label="至（含）",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="不填：到停用为止。",
    )
    ground = forms.CharField(label="依据", max_length=200, help_text="例如：接入申请的文号。")

    def __init__(
        self, data: object = None, *, organs: Sequence[tuple[str, str]], items: Sequence[tuple[str, str]], today: date
    ) -> None:
        super().__init__(data, initial={"valid_from": today})  # type: ignore[arg-type] # a QueryDict or nothing
        self.fields["organ_code"].choices = _NO_CHOICE + list(organs)  # type: ignore[attr-defined]
        self.fields["items"].choices = list(items)  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A written reason."""

    ground = forms.CharField(label="理由", max_length=200)


class AcceptForm(forms.Form):
    """The password of a new account, twice."""

    password = forms.CharField(
        label="口令",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少12个字符，不能全是数字。",
    )
    again = forms.CharField(label="再输一次", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, object]:
        """Refuse two passwords that differ."""
        found = super().clean() or {}
        if found.get("password") and found.get("again") and found["password"] != found["again"]:
            self.add_error("again", "两次输入的口令不一样，请重新输入。")
        return found


class ZeroReportForm(forms.Form):
    """Of which organ, item and month a clerk states that there is nothing."""

    organ_code = forms.ChoiceField(label="机关")
    item_id = forms.ChoiceField(label="信息类别")
    month = forms.ChoiceField(label="月份", help_text="只能报已经过完的月份。")
    is_meant = forms.BooleanField(label="我已查过本单位的办案和审批系统：这个月没有作出这类决定。")

    def __init__(
        self,
        data: object = None,
        *,
        organs: Sequence[tuple[str, str]],
        items: Sequence[tuple[str, str]],
        months: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type] # a QueryDict or nothing
        for name, choices in (("organ_code", organs), ("item_id", items), ("month", months)):
            self.fields[name].choices = list(choices)  # type: ignore[attr-defined]


class GapForm(forms.Form):
    """Which serials of a series are explained, and how."""

    series = forms.CharField(max_length=120)
    year = forms.IntegerField(min_value=1990, max_value=2099)
    first = forms.IntegerField(min_value=1)
    last = forms.IntegerField(min_value=1)
    reason = forms.CharField(label="说明", max_length=400)


class ReconcileForm(forms.Form):
    """A case system's list, and which decision days it covers."""

    organ_code = forms.ChoiceField(label="机关")
    item_id = forms.ChoiceField(label="信息类别")
    first = forms.DateField(
        label="决定日期自",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="清单里有决定日期的可以不填，按最早和最晚的一天算。",
    )
    last = forms.DateField(
        label="决定日期至（含当日）", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    file = forms.FileField(
        label="清单", help_text="XLSX、XLS 或 CSV，第一行写列名：“文书号”，有的话加“决定日期”。其他列不读、不保存。"
    )

    def __init__(
        self,
        data: object = None,
        files: object = None,
        *,
        organs: Sequence[tuple[str, str]],
        items: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data, files)  # type: ignore[arg-type] # what a request has, or nothing
        for name, choices in (("organ_code", organs), ("item_id", items)):
            self.fields[name].choices = list(choices)  # type: ignore[attr-defined]


class WhyForm(forms.Form):
    """A reason of some length."""

    reason = forms.CharField(max_length=500)


class DoubtForm(forms.Form):
    """Whose a doubtful row is: one of the candidates, another by its code, none, or not now."""

    BY_CODE = "code"
    NONE = "none"
    LATER = "later"

    choice = forms.CharField(max_length=20, error_messages={"required": "请选一项；判断不了的选“现在判断不了”。"})
    code = forms.CharField(max_length=50, required=False)
    reason = forms.CharField(max_length=500, error_messages={"required": "请写明理由，例如“与决定书原件核对，当事人是……”。"})

    def clean(self) -> dict[str, object]:
        """Refuse a choice that is none, and a missing code."""
        found = super().clean() or {}
        choice = str(found.get("choice", ""))
        if choice == self.BY_CODE and not found.get("code"):
            self.add_error("code", "请填写这家单位在登记库里的代码。")
        elif choice and choice not in (self.BY_CODE, self.NONE) and not choice.isdecimal():
            self.add_error("choice", "请从列出的选项里选一项。")
        return found

    @property
    def by_code(self) -> bool:
        """Return whether another organisation was named by its code."""
        return self.cleaned_data.get("choice") == self.BY_CODE

    @property
    def typed_code(self) -> str:
        """Return the code as typed."""
        return str(self.data.get("code", ""))[:50]

    @property
    def subject_id(self) -> int | None:
        """Return the chosen candidate's number, None for “none of them”."""
        choice = str(self.cleaned_data.get("choice", ""))
        return int(choice) if choice.isdecimal() else None


class WaiverForm(forms.Form):
    """What is asked to be waived: one rule for one document, why, until when."""

    organ_code = forms.ChoiceField(label="报送机关")
    item_id = forms.ChoiceField(label="信息事项")
    rule = forms.ChoiceField(
        label="规则", help_text="只列可以豁免的规则。涉及个人信息、主体身份、名单和公示期限的规则一律不能豁免。"
    )
    document_no = forms.CharField(label="文书号", max_length=128, help_text="一项豁免只对这一份文书。")
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        help_text="决定书原文怎样写，为什么不能按规则填。不要写个人信息。",
    )
    expires_on = forms.DateField(
        label="有效至（含）",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="最长一年；到期自动失效。",
    )

    def __init__(
        self,
        data: object = None,
        *,
        organs: Sequence[tuple[str, str]],
        items: Sequence[tuple[str, str]],
        rules: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type] # a QueryDict or nothing
        for name, choices in (("organ_code", organs), ("item_id", items), ("rule", rules)):
            self.fields[name].choices = _NO_CHOICE + list(choices)  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """A file of an organ, what kind it is, and what the clerk declares of it."""

    organ_code = forms.ChoiceField(label="报送机关")
    item_id = forms.ChoiceField(label="信息类别", required=False, help_text="不选：按表头识别。")
    file = forms.FileField(label="文件", help_text="XLSX、XLS 不超过50 MB，CSV 不超过600 MB。")
    is_secret_free = forms.BooleanField(label="本批不含涉密信息（必须声明）")
    is_desensitised = forms.BooleanField(
        label="违法事实等文字已脱敏，可以公开",
        required=False,
        help_text="不勾选：公众只看到摘要（文书号、类别、金额、机关、日期）。",
    )
    is_on_the_spot = forms.BooleanField(label="全部是当场处罚（简易程序）", required=False, help_text="勾选：只存档，不公示。")
    is_legacy = forms.BooleanField(label="旧网站的老数据", required=False, help_text="勾选：照常检查，不按迟报统计。")
    supersedes = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        organs: Sequence[tuple[str, str]],
        items: Sequence[tuple[str, str]],
        **more: Any,
    ) -> None:
        super().__init__(data, files, **more)
        self.fields["organ_code"].choices = organs if len(organs) == 1 else _NO_CHOICE + list(organs)  # type: ignore[attr-defined]
        self.fields["item_id"].choices = [("", "按表头识别"), *items]  # type: ignore[attr-defined]


class CertifyForm(forms.Form):
    """What a reviewer confirms before a batch becomes records; each one is needed."""

    is_checked = forms.BooleanField(label="我已核对，与决定书一致")
    is_secret_free = forms.BooleanField(label="不含涉密信息")
    is_understood = forms.BooleanField(label="我知道确认后立即入库，按目录公示")


class CellForm(forms.Form):
    """The right value of one cell."""

    value = forms.CharField(label="改成", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))


class ExplainForm(forms.Form):
    """The explanation of what a rule asks about."""

    text = forms.CharField(label="说明", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ContactForm(forms.Form):
    """Where somebody wants to be told besides; what was kept is never shown again."""

    email = forms.CharField(label="电子邮箱", max_length=120, required=False, widget=forms.EmailInput)
    phone = forms.CharField(
        label="手机号", max_length=11, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
