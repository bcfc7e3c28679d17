"""A deployment in which everybody who can type something types what identifies a person, and all that it says and keeps of it."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
from click.testing import CliRunner
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.comments import Comment
from tests.factories import intake_world as world
from tests.factories import planted
from tests.factories.accounts import PASSWORD, make_account, set_up_totp
from tests.factories.collecting import Lines, Seen, Watching
from tests.factories.intake_files import real_catalogue
from tests.factories.jobs import jobs_run

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.config.cli import cli
from xinheng.kernel.errors import DomainError

PENALTY = "administrative_penalty"


@dataclass
class Journey:
    """Who takes part, and what was gathered on the way."""

    seen: Seen
    lines: Lines
    out: Path
    said: list[str] = field(default_factory=list)
    misused: list[tuple[object, ...]] = field(default_factory=list)
    people: dict[Role, Watching] = field(default_factory=dict)

    @property
    def visitor(self) -> Watching:
        """Return somebody who is not signed in, anew."""
        return Watching(self.seen)

    def command(self, *words: object) -> str:
        """Run a command and keep what it says, and what it says when it breaks."""
        result = CliRunner().invoke(cli, [str(word) for word in words])
        # As the command itself tells a refusal (config.cli.main); any other exception is a mistake of the platform.
        told = str(result.exception) if isinstance(result.exception, DomainError) else ""
        assert told or isinstance(result.exception, (SystemExit, type(None))), (words, result.exception)
        if result.exit_code == click.UsageError.exit_code and not told:
            self.misused.append(words[:2])
        self.said.append(result.output + told)
        return result.output

    def upload(self, path: Path, *, name: str = "", **declared: str) -> Any:
        """Send a file as the clerk does, and let the worker read and check it."""
        file = SimpleUploadedFile(name or path.name, path.read_bytes())
        data = {"organ_code": world.ORGAN, "item_id": PENALTY, "is_secret_free": "on", **declared, "file": file}
        answer = self.people[Role.CLERK].post("/workbench/submissions/new/", data, follow=True)
        jobs_run()
        return answer

    def proven(self, role: Role, address: str, data: dict[str, str]) -> Any:
        """Post as somebody who has just shown the password once more."""
        client = self.people[role]
        asked = client.get(address)
        if asked.status_code == 302 and "reauthenticate" in asked["Location"]:
            client.post(asked["Location"], {"password": PASSWORD})
        return client.post(address, data, follow=True)


@pytest.fixture
def journey(fresh_database, tmp_path):
    cache.clear()
    with clock.fixed(world.NOW), Lines() as lines:
        gone = Journey(seen=Seen(), lines=lines, out=tmp_path / "out")
        gone.out.mkdir()
        for number in range(1, 8):
            world.subject_make(number)
        for role in Role:
            account = make_account(f"demo.{role.value.lower()[:12].replace('_', '-')}", role, world.ORGAN, now=world.NOW)
            set_up_totp(account)
            gone.people[role] = Watching(gone.seen)
            gone.people[role].force_login(account)
        yield gone
    assert sys.exc_info()[0] is None


def rows():
    """Return rows with planted values in every kind of column: refused, masked, sealed or dropped, each for its reason."""
    named = {number: {"CF_FRDB": planted.representative(number)} for number in range(1, 8)}
    return [
        world.penalty(1, **named[1]),
        world.penalty(2, **named[2], CF_SY=f"当事人经营者{planted.all_of(2)}销售过期食品"),
        world.penalty(3, **named[3], CF_FR_ZJLX="居民身份证", CF_FR_ZJHM=planted.resident(3)),
        world.penalty(4, **named[4], CF_XDR_SHXYM=planted.resident(4)),
        world.penalty(
            5, CF_XDR_MC=planted.person(5), CF_XDR_LB="自然人", CF_XDR_SHXYM="", CF_XDR_ZJLX="居民身份证",
            CF_XDR_ZJHM=planted.resident(5), CF_SY=planted.all_of(5),
        ),
        world.penalty(6, subject=1, **named[6], BZ=planted.all_of(6)),
        world.penalty(7, subject=2, CF_WSH=planted.resident(7)),
        # Doubtful: the code of one organisation under the name of another, with a remark.
        world.penalty(8, subject=1, CF_XDR_MC=world.name(2), **named[3], BZ=planted.all_of(8)),
        # To be mended: the content names what it must not.
        world.penalty(9, subject=3, **named[1], CF_NR=f"罚款，联系{planted.phone(9)}", CF_NR_FK="", CF_JDRQ="昨天"),
        world.penalty(11, subject=4, **named[4], CF_XDR_MC=world.name(5)),
        world.penalty(10, subject=3, CF_JDRQ="2026-01-05", CF_NR_FK=planted.card(10)),
    ]  # fmt: skip


def workbook(path: Path) -> Path:
    """Write the rows as XLSX, with planted values wherever a workbook can hold one.

    In the name of a sheet, above the header, in columns of the sender's own, in comments, in a hidden sheet, in the properties
    of the file.
    """
    fields = real_catalogue().item(PENALTY).fields
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = f"处罚{planted.resident(20)}"
    titles = [one.title for one in fields]
    sheet.append([f"行政处罚信息　填表人电话{planted.phone(21)}"])
    sheet.append([*titles, "身份证号", "经办人电话", f"列{planted.resident(22)}", "银行卡号"])
    for number, row in enumerate(rows(), start=30):
        cells = [row.get(one.key, "") for one in fields]
        sheet.append(
            [*cells, planted.resident(number), planted.phone(number), f"备注{planted.all_of(number)}", planted.card(number)]
        )
    sheet["A4"].comment = Comment(planted.all_of(23), planted.person(3))
    hidden = book.create_sheet("名册")
    hidden.sheet_state = "hidden"
    hidden.append(["姓名", "身份证号"])
    hidden.append([planted.person(4), planted.resident(24)])
    book.properties.creator = planted.person(5)
    book.properties.description = planted.all_of(25)
    book.save(path)
    return path
