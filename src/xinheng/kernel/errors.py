"""The one base class for everything that a person may be told went wrong."""

from typing import ClassVar

from xinheng.kernel.shown import shown


class DomainError(Exception):
    """Something the law, the catalogue or a person's input does not allow.

    ``code`` is stable (API clients and docs use it); ``template`` is plain Chinese with named placeholders and
    says what happened and what to do next. What comes from outside (names of files, sheets, persons) is made fit to be
    shown before it is put into the sentence.

    Raises:
        KeyError: a placeholder of ``template`` was not given.
    """

    code: ClassVar[str] = "kernel.error"
    template: ClassVar[str] = "操作没有完成。"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.template % {name: shown(str(value)) for name, value in params.items()})
