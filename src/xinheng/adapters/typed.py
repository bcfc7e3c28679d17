"""Columns for what somebody typed (理由、依据、姓名、文件名): personal numbers are masked before they are stored, whoever stores them (P3).

A mask keeps the length of a text, so that every bound on it holds. Masked is what Django writes; SQL of our own masks itself.
"""

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

from xinheng.kernel.personal import mask_personal_numbers

_ST_contra = TypeVar("_ST_contra", contravariant=True)
_GT_co = TypeVar("_GT_co", covariant=True)


class _Masked:
    def get_prep_value(self, value: Any) -> Any:
        """Return what is stored, or asked for, of a value."""
        given = super().get_prep_value(value)  # type: ignore[misc] # the field's, to which this is mixed
        return mask_personal_numbers(given) if isinstance(given, str) else given

    def deconstruct(self) -> Any:
        """Return what migrations remember: an ordinary column, as it is one in the database."""
        name, _path, arguments, named = super().deconstruct()  # type: ignore[misc]
        return name, f"django.db.models.{self.get_internal_type()}", arguments, named  # type: ignore[attr-defined]


if TYPE_CHECKING:  # the stubs' fields take parameters, Django's own do not

    class TypedText(models.TextField[_ST_contra, _GT_co]):
        """A text of any length."""

    class TypedChar(models.CharField[_ST_contra, _GT_co]):
        """A text of bounded length."""

else:

    class TypedText(_Masked, models.TextField):
        """A text of any length."""

    class TypedChar(_Masked, models.CharField):
        """A text of bounded length."""
