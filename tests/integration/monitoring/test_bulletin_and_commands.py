"""The bulletin says what the pages say; the commands say what they did."""

from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner
from procrastinate.contrib.django import app
from tests.factories import intake_world as world
from tests.factories import monitoring as made
from tests.factories.accounts import make_account

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.adapters.clock import CHINA
from xinheng.catalogue.selectors import catalogue_current
from xinheng.monitoring.cli import monitoring
from xinheng.monitoring.domain import month_of
from xinheng.monitoring.errors import FontsMissing
from xinheng.monitoring.models import QualityFigure, Reminder
from xinheng.monitoring.services import bulletin_data, bulletin_pdf

pytestmark = pytest.mark.django_db
APRIL = month_of(made.TODAY)


@pytest.fixture(autouse=True)
def _batch(db, tmp_path):
    made.organisations()
    made.load(tmp_path, made.rows())


def _asked(**more):
    return {"month": APRIL, "catalogue": catalogue_current(), "now": made.LATER, "today": made.LATER.date()} | more


def test_the_bulletin_has_the_month_s_figures():
    data = bulletin_data(**_asked())
    assert data["title"] == "2026年4月报送质量月报"
    assert data["rows"] == [
        ["县市场监管局", "行政处罚", "5", "60.0%（3/5）", "80.0%（4/5）", "80.0%（4/5）", "66.7%（2/3）", "0.0%（0/5）"]
    ] or data["rows"][0][2:] == ["5", "60.0%（3/5）", "80.0%（4/5）", "80.0%（4/5）", "66.7%（2/3）", "0.0%（0/5）"]
    assert [row[1:] for row in data["late"]] == [["0", "0", "1", "5"]]
    assert {row[-1] for row in data["targets"]} == {"尚未统计"}
    assert len(data["formulas"]) == 6
    names = {world.name(number) for number in range(1, 6)}
    assert not [name for name in names if name in str(data)], "nothing about any organisation"


def test_the_same_figures_are_the_same_file(settings):
    first, second = bulletin_pdf(**_asked()), bulletin_pdf(**_asked())
    assert first == second
    assert first.startswith(b"%PDF-")
    settings.XINHENG_FONTS = settings.XINHENG_FONTS / "nowhere"
    with pytest.raises(FontsMissing, match="make setup"):
        bulletin_pdf(**_asked())


def test_the_commands(tmp_path):
    run = CliRunner()
    with clock.fixed(made.NOW + timedelta(days=1)):
        told = [run.invoke(monitoring, ["measure"]).output for _ in range(2)]
        early = run.invoke(monitoring, ["measure", "--on", clock.today().isoformat()])
        month = run.invoke(monitoring, ["bulletin", "--month", "2026-04", "--out", str(tmp_path)], catch_exceptions=False)
        wrong = run.invoke(monitoring, ["bulletin", "--month", "四月"])
    assert told == ["2026-04-20：新存 2 个数字。\n", "2026-04-20：没有新的数字，此前已经存过，或者没有上报。\n"]
    assert (early.exit_code, wrong.exit_code, month.exit_code) == (2, 2, 0)
    assert QualityFigure.objects.count() == 2
    assert (tmp_path / "bulletin-2026-04.pdf").read_bytes().startswith(b"%PDF-")
    with clock.fixed(made.NOW + timedelta(days=7)):
        outputs = [run.invoke(monitoring, ["remind"], catch_exceptions=False).output for _ in range(2)]
    assert outputs[0].endswith("新提醒 2 件。\n")
    assert outputs[1] == "新提醒 0 件。\n"


def test_what_is_done_every_day_is_done_once_and_made_up_for_after_a_stop():
    clerk = make_account("own.clerk", Role.CLERK)
    app.perform_import_paths()
    hourly = {name for name, _ in app.periodic_registry.periodic_tasks if app.tasks[name].queue == "daily"}
    assert hourly == {"monitoring.measure", "monitoring.remind", "exchange.tidy", "retention.run"}
    hourly.discard("retention.run")  # works over a connection of its own: ``tests/integration/retention``

    def an_hour() -> None:
        for name in sorted(hourly):
            task = app.tasks[name]
            assert (task.queueing_lock, task.lock) == (name, name), "one waits and one runs at a time"
            task.func(timestamp=0)

    def kept() -> tuple[int, int, int]:
        return QualityFigure.objects.count(), Reminder.objects.count(), clerk.notices.filter(kind="DUE").count()

    midnight = datetime(2026, 4, 21, 0, 20, tzinfo=CHINA)
    for hour, expected in ((0, (2, 0, 0)), (8, (2, 0, 0)), (24, (3, 0, 0)), (48, (4, 0, 0))):
        for _ in range(2):
            with clock.fixed(midnight + timedelta(hours=hour)):
                an_hour()
            assert kept() == expected, hour
    # Stopped for a month: every day that was missed is stored, of reminders today's alone are made, and both once.
    for _ in range(2):
        with clock.fixed(midnight + timedelta(days=32, hours=9)):
            an_hour()
        assert kept() == (1 + 11, 2, 2), "the day's figures, and the month's of April, day by day to its end"
    assert set(QualityFigure.objects.filter(span="MONTH").values_list("as_of", flat=True)) == {
        date(2026, 4, day) for day in range(20, 31)
    }
