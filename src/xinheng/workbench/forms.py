"""What is typed in the workbench, checked before a service sees it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from xinheng.accounts.domain import ROLE_LABELS, Role

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
    valid_from = forms.DateField(label="自", widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = forms.DateField(
        label="至（含）", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="不填：到收回为止。"
    )
    ground = forms.CharField(label="依据", max_length=200)

    def __init__(self, data: object = None, *, organs: Sequence[tuple[str, str]], today: date) -> None:
        super().__init__(data, organs=organs, initial={"valid_from": today})


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
