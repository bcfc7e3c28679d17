"""``xinheng report`` from the order to the verification."""

import pytest
from click.testing import CliRunner
from tests.integration.reports.conftest import NOW

from xinheng.adapters import clock
from xinheng.reports.cli import report
from xinheng.reports.errors import ReportKeptLonger


@pytest.fixture
def run(organisation):
    def run(*arguments):
        with clock.fixed(NOW):
            return CliRunner().invoke(report, [str(argument) for argument in arguments])

    return run


def test_from_the_order_to_the_verification(run, organisation, tmp_path):
    ordered = run("issue", organisation.uscc, "--purpose", "行政审批", "--out", tmp_path)
    assert ordered.exit_code == 0, ordered.output
    pdf, data = next(tmp_path.glob("*.pdf")), next(tmp_path.glob("*.json"))
    code = ordered.output.split("校验码 ")[1].split()[0]

    for path in (pdf, data):
        verified = run("verify", path)
        assert verified.exit_code == 0, verified.output
        assert "✓ 报告真实" in verified.output
    assert run("remake", pdf.stem, code, "--out", tmp_path / "again").exit_code == 0
    assert (tmp_path / "again" / data.name).read_bytes() == data.read_bytes()

    altered = tmp_path / "改过.json"
    altered.write_bytes(data.read_bytes().replace("食品".encode(), "药品".encode()))
    refused = run("verify", altered)
    assert refused.exit_code == 1
    assert "不要采用" in refused.output

    assert run("trust", "--out", tmp_path / "trust.pem").exit_code == 0
    assert run("verify", pdf, "--trust", tmp_path / "trust.pem").exit_code == 0
    picture = tmp_path / "照片.jpg"
    picture.write_bytes(b"\xff\xd8\xff\xe0")
    assert run("verify", picture).exit_code == 2


@pytest.mark.django_db(databases=["default", "retention"])
def test_only_old_keys_are_destroyed(run):
    assert isinstance(run("retire", "--before", "2026-03-20", "--by", "test").exception, ReportKeptLonger)
    assert "0 份" in run("retire", "--before", "2026-03-01", "--by", "test").output
