"""What a reviewer sees before certifying: rows drawn by lot, rows by verdict, what differs from the organ's last batch."""

import re

import pytest
from tests.factories import intake_world as world
from tests.factories.accounts import PASSWORD, make_account, signed_in_client

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.intake import services
from xinheng.intake.models import Submission
from xinheng.intake.services.review import drawn_places

CLERK = "wang.ping"


@pytest.fixture(autouse=True)
def _now():
    with clock.fixed(world.NOW):
        yield


@pytest.fixture
def submitted(db, tmp_path) -> Submission:
    """Return a batch that waits for review, of an organ that had one published and one of its decisions revoked."""
    for number in range(1, 5):
        world.subject_make(number)
    world.load(world.file_write(tmp_path / "a.csv", [world.penalty(1), world.penalty(2), world.penalty(3, CF_NR_FK="")]))
    world.load(world.file_write(tmp_path / "b.csv", [world.act("revocation", 1)], item_id="revocation"))
    rows = [
        world.penalty(1),
        world.penalty(2, CF_NR="罚款人民币贰万元"),
        *(world.penalty(number, subject=3) for number in range(10, 40)),
        world.penalty(50, subject=4, CF_NR_FK=""),
        world.penalty(51, CF_XDR_MC=world.name(1), CF_XDR_SHXYM=world.code(2)),
    ]
    path = world.file_write(tmp_path / "c.csv", rows)
    number = services.submission_receive(path=path, organ_code=world.ORGAN, clerk=CLERK, now=world.NOW).number
    services.submission_advance(number=number, actor=CLERK, now=world.NOW)
    return services.submission_submit(number=number, clerk=CLERK, now=world.NOW)


def test_rows_are_drawn_by_lot_and_compared_with_the_records(submitted):
    found = services.review_of(submission=submitted)
    assert found is not None
    assert (found.shown, found.not_shown, found.returned, found.doubtful) == (32, 0, 1, 1)
    assert len(found.sample) == 20
    assert len({(row.sheet, row.row) for row in found.sample}) == 20
    assert {row.row for row in found.sample} <= set(range(2, 34)), "only rows that become records"
    assert services.review_of(submission=submitted) == found, "whoever looks sees the same"
    assert found.sample[0].document_no.startswith("奉市监罚字〔2026〕")
    assert found.before is not None
    assert found.before.rows == 3
    assert [(rule.rule, rule.count, rule.before) for rule in found.before.rules if rule.rule == "V05"] == [("V05", 1, 1)]
    assert (found.again, found.ended, found.new_subjects) == (1, 1, 1)
    assert [(row.row, row.note) for row in found.ended_rows] == [(2, "原决定2026-04-17被变更或撤销")]
    assert [row.name for row in found.new_rows] == [world.name(3)]

    services.submission_unlock(number=submitted.number, actor=CLERK, reason="再看一遍", now=world.NOW)
    submitted.refresh_from_db()
    assert services.review_of(submission=submitted) is None, "nothing waits for review"


def test_the_page_shows_them_with_a_way_to_each_row(submitted, django_assert_max_num_queries):
    reviewer = signed_in_client(make_account("li.na", Role.REVIEWER, world.ORGAN, now=world.NOW))
    address = f"/workbench/submissions/{submitted.number}/certify/"
    asked = reviewer.get(address)
    assert asked.status_code == 302, "the password once more"
    reviewer.post(asked["Location"], {"password": PASSWORD})
    with django_assert_max_num_queries(45):
        page = reviewer.get(address).content.decode()
    for words in (
        "从要入库的32条里抽出20条",
        "原决定2026-04-17被变更或撤销",
        "本机关第一次报这类信息的单位",
        "有罚款但没有金额",
    ):
        assert words in page, words
    rows = re.findall(r'href="([^"]+/cell/\?sheet=CSV&amp;row=\d+)"', page)
    assert len(rows) == 20 + 1 + 1
    assert reviewer.get(rows[0].replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(("count", "size"), [(0, 0), (7, 7), (21, 20), (1_000_000, 20)])
def test_the_lot_is_a_function_of_its_seed(count, size):
    drawn = drawn_places(count, seed="批次")
    assert drawn == drawn_places(count, seed="批次") == sorted(set(drawn))
    assert len(drawn) == size
    assert all(0 <= place < count for place in drawn)
    if size == 20:
        assert drawn != drawn_places(count, seed="别的批次") or count == 21
