"""The command ``xinheng`` as a person calls it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from xinheng.adapters.demonstration import DEMO_WORDS, demo_lines, demo_path


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
