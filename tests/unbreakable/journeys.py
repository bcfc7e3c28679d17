"""A small county in five commands: what is killed, and the files it is killed over."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.factories import intake_world as world

ORGANISATIONS = 700
GOOD = 1_500
_PERSONS = ("--organ", world.ORGAN, "--clerk", "演示经办", "--reviewer", "演示审核")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One call of ``xinheng``, and how often it is killed as a process and under a killed server."""

    name: str
    arguments: tuple[str, ...]
    file: str
    kills: int
    server_kills: int

    def line(self, *, files: Path, out: Path) -> list[str]:
        """Return the arguments of the call."""
        tail = [] if self.name == "register" else ["--out-dir", str(out)]
        return [*self.arguments[:2], str(files / self.file), *self.arguments[2:], *tail]

    def how_far(self) -> str:
        """Return the question how far the command has come, for SQL."""
        if self.name == "register":
            return f"SELECT 'imported' FROM subjects_registerimport WHERE file_name = '{self.file}'"
        return f"SELECT state FROM intake_submission WHERE file_name = '{self.file}'"

    def done(self) -> str:
        """Return the question whether the command came to its end, for SQL."""
        if self.name == "register":
            return f"SELECT count(*) FROM subjects_registerimport WHERE file_name = '{self.file}'"
        return f"SELECT count(*) FROM intake_submission WHERE file_name = '{self.file}' AND state = 'PUBLISHED'"


BASE = Command(name="register", arguments=("register", "import"), file="登记库.csv", kills=0, server_kills=0)
COMMANDS = (
    Command(name="register", arguments=("register", "import"), file="登记库变动.csv", kills=10, server_kills=4),
    Command(name="penalties", arguments=("intake", "load", *_PERSONS), file="处罚.csv", kills=20, server_kills=8),
    Command(name="again", arguments=("intake", "load", *_PERSONS), file="处罚改.csv", kills=8, server_kills=4),
    Command(name="revocation", arguments=("act", "import", *_PERSONS), file="撤销.csv", kills=6, server_kills=2),
    Command(name="correction", arguments=("act", "import", *_PERSONS), file="更正.csv", kills=6, server_kills=2),
)


def files_write(folder: Path) -> None:
    """Write every file of the county into ``folder``."""
    folder.mkdir()
    _register_write(folder / "登记库.csv", _first_register())
    _register_write(folder / "登记库变动.csv", _changed_register())
    world.file_write(folder / "处罚.csv", _penalties())
    world.file_write(folder / "处罚改.csv", _again())
    revoked = [world.act("revocation", n, subject=_whose(n)) for n in range(1, 121)]
    world.file_write(folder / "撤销.csv", [*revoked, world.act("revocation", 9_999, subject=1)], item_id="revocation")
    corrected = {"COLUMN_CODE": "CF_NR_FK", "WRONG_VALUE": "", "RIGHT_VALUE": "4.5"}
    corrections = [world.act("correction", n, subject=_whose(n), **corrected) for n in range(110, 124)]
    wrong = world.act("correction", 141, subject=_whose(141), **(corrected | {"RIGHT_VALUE": "四万元"}))
    world.file_write(folder / "更正.csv", [*corrections, wrong], item_id="correction")


def _whose(number: int) -> int:
    return number % ORGANISATIONS + 1


def _register_write(path: Path, rows: Iterator[dict[str, str]]) -> None:
    columns = ("企业名称", "统一社会信用代码", "登记状态", "注册日期", "注册地址", "核准日期", "状态日期", "曾用名")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _organisation(number: int, **changes: str) -> dict[str, str]:
    return {
        "企业名称": world.name(number),
        "统一社会信用代码": world.code(number, prefix="92" if number % 50 == 0 else "91"),
        "登记状态": "存续",
        "注册日期": "2019-05-06",
        "注册地址": f"重庆市奉节县永安街道演示路{number}号",
    } | changes


def _first_register() -> Iterator[dict[str, str]]:
    yield from (_organisation(number) for number in range(1, ORGANISATIONS + 1))


def _changed_register() -> Iterator[dict[str, str]]:
    """Yield new organisations, renames, moves, ends, rows that say nothing new, and rows that are refused."""
    for number in range(1, ORGANISATIONS + 200):
        if number > ORGANISATIONS:
            yield _organisation(number)
        elif number % 10 == 0:
            yield _organisation(number, 企业名称=f"演示瞿塘{number}号商贸有限公司", 核准日期="2026-03-02")
        elif number % 10 == 1:
            yield _organisation(number, 注册地址=f"重庆市奉节县夔州街道演示路{number}号", 核准日期="2026-03-03")
        elif number % 10 == 2:
            yield _organisation(number, 登记状态="注销", 状态日期="2026-03-04")
        elif number % 3 == 0:
            yield _organisation(number)
    yield _organisation(3)
    yield _organisation(4, 统一社会信用代码="91500236DM00000400")
    yield _organisation(5, 企业名称="")


def _penalty(number: int, **changes: str) -> dict[str, str]:
    return world.penalty(number, subject=_whose(number), **changes)


def _penalties() -> Iterator[dict[str, str]]:
    """Yield rows of every outcome: new, repeated, doubtful, refused, about persons."""
    for number in range(1, GOOD + 1):
        yield _penalty(number)
        if number % 25 == 0:
            yield _penalty(number)
        if number % 20 == 0:
            yield _penalty(10_000 + number, CF_NR_FK="")
        if number % 30 == 0:
            yield _penalty(20_000 + number, CF_XDR_MC="演示无此单位有限公司")
        if number % 40 == 0:
            yield world.penalty(30_000 + number, subject=40_000 + number)
        if number % 50 == 0:
            yield _penalty(50_000 + number, CF_XDR_LB="自然人", CF_XDR_SHXYM="", CF_XDR_ZJHM="11010519491231002X")


def _again() -> Iterator[dict[str, str]]:
    """Yield rows that correct what is stored, repeat it, or are new."""
    for number in range(1, 401):
        if number % 3 == 0:
            yield _penalty(number, CF_NR="罚款人民币三万元", CF_NR_FK="3.000000")
        elif number % 3 == 1:
            yield _penalty(number)
        else:
            yield _penalty(60_000 + number)
