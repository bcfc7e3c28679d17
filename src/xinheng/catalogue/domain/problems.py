"""What ``catalogue check`` says when content is refused."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class CatalogueProblem:
    """One refusal: file and line (1-based, 0 = whole file), what, why and how to fix, in Chinese."""

    file: str
    line: int
    what: str
    why: str
    how: str
    rule: str = ""

    def __str__(self) -> str:
        """Return the problem as printed by the command line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        rule = f"［{self.rule}］" if self.rule else ""
        return f"{place}：{self.what}{rule}\n    原因：{self.why}\n    处理：{self.how}"
