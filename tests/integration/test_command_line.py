"""The command ``xinheng`` as a person calls it."""

import os
import re
import subprocess
import sys

import click
import pytest
from django.conf import settings

from xinheng.adapters.demonstration import DEMO_WORDS, demo_lines, demo_path
from xinheng.config.cli import cli


def test_a_database_that_is_not_ready_is_told_in_words(postgres_server, tmp_path):
    url = f"postgres://xinheng_owner@{str(postgres_server.socket_folder).replace('/', '%2F')}:5432/postgres"
    environment = os.environ | {"DATABASE_URL": url, "XINHENG_VAR": str(tmp_path)}
    register = tmp_path / "登记库.csv"
    register.write_text("企业名称,统一社会信用代码,注册日期\n夔门云帆食品有限公司（演示）,91500236MA00TE5T2K,2020-01-01\n")
    answer = subprocess.run(
        [sys.executable, "-m", "xinheng", "register", "import", str(register)],
        env=environment, capture_output=True, text=True, check=False, cwd=settings.PROJECT,
    )  # fmt: skip
    assert answer.returncode == 2
    assert "xinheng database migrate" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("is_demo", [True, False])
def test_documents_of_a_demonstration_say_so(settings, tmp_path, is_demo):
    settings.XINHENG_DEMO = is_demo
    assert demo_lines() == ([DEMO_WORDS] if is_demo else [])
    assert demo_path(tmp_path / "处罚.xlsx").name == ("处罚-演示数据.xlsx" if is_demo else "处罚.xlsx")


def commands_named() -> list[tuple[str, str]]:
    """Every ``xinheng …`` that source, pages and documents name, with its options, and where it stands."""
    found = []
    sources = [*settings.PROJECT.glob("*.md"), *settings.PROJECT.glob("docs/**/*.md"), *settings.PROJECT.glob("src/**/*.py")]
    for path in sources:
        for match in re.finditer(r"\bxinheng ([a-z][a-z-]+(?:[ |][^\n`“”。；，、：\"'|]*)?)", path.read_text()):
            found.append((match[1].strip(), str(path.relative_to(settings.PROJECT))))
    return found


def test_every_command_that_is_named_anywhere_exists_with_its_options():
    """Receipts and guides tell people what to type: a word that the command line does not know leaves them stranded."""
    wrong = []
    for text, where in commands_named():
        words = text.split()
        command = cli.get_command(click.Context(cli), words[0])
        if isinstance(command, click.Group) and len(words) > 1 and re.fullmatch("[a-z][a-z-]+", words[1]):
            command = command.commands.get(words[1])
        if command is None:
            wrong.append(f"{where}: xinheng {text}")
            continue
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        wrong += [f"{where}: xinheng {text}: {word}" for word in words if word.startswith("--") and word not in known]
    assert wrong == []
    assert any("record hold" in text and "--reason" in text for text, _ in commands_named()), "the receipt's own advice"
