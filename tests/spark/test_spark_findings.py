"""The rules' expressions say on Spark what they say on DuckDB: the same findings, verdicts and totals of whole files."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import groupby

import ibis
import polars as pl
import pyarrow as pa
import pytest

from tests.factories.checks import EXAMPLES, landed_from
from tests.factories.intake_files import real_catalogue
from tests.law.test_check_cases import CASES, context_of, row_of
from tests.unit.intake.checking.test_batch_is_single_row import CELLS
from xinheng.adapters.engine import compile_sql
from xinheng.adapters.tables import tables_for
from xinheng.intake.checking import CheckContext, check, normalise
from xinheng.intake.reading import land
from xinheng.synth.services import county_write
from xinheng.synth.services.county import RECORDS_AT_SCALE_1

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

TODAY = date(2026, 11, 22)
ORGAN = "11500236000000019R"
LARGE = 100_000
SCALE = 3

# Where engines, encodings and regular expressions part: case pairs, widths, marks, line breaks, characters outside the
# basic plane, signs of the regular expressions' own language.
ODD = [
    "ß", "ẞ", "ıİiI", "ǅ", "éÉ", "ﬁ", "Ⅳ㈠①", "𠮷野家", "👩‍👩‍👧", "e\u0301", "\u200b空", "a\u000bb", "罚款\n警告", "a\u2028b", "行\u0085行",
    "尾\u000b", "名单\n甲", "公示\u2028", "第15号", "演〔2026〕第15号", "演[2026]第ａ5号", "演 ﹝2026﹞ 15 号", "$1", r"\1", r"a\b", "[x]", "'", '"', ";", ":;",
    "2026\u000b年4月9日", "2026 年 4 月 9 日", "2026-02-29", "2024-02-29", "0000-01-01", "9999-12-31", "20261131", "2026年4月9日 10:30", "1,000.50",
    "１２．５", "0.0000001", "999999999999.999999", "罚款;;警告", "罚款；警告；", "其他-", "其他—说明", "长" * 2001, "�", "锟斤拷",
]  # fmt: skip


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    out = tmp_path_factory.mktemp("county") / "county"
    made = county_write(out=out, scale=SCALE, seed=11, on_date=TODAY, catalogue=real_catalogue())
    return out, made


@pytest.fixture
def same_on_spark(request, monkeypatch, compared):
    """Return what checks a landed file here and on the cluster, and compares all that comes out."""

    def both(landed, context):
        monkeypatch.delenv("XINHENG_SPARK_MASTER", raising=False)
        here = check(landed=landed, catalogue=real_catalogue(), context=context, out=landed.parquet.with_suffix(".here"))
        request.getfixturevalue("spark")
        there = check(landed=landed, catalogue=real_catalogue(), context=context, out=landed.parquet.with_suffix(".there"))
        differing = Counter(here.iter_findings())
        differing.subtract(Counter(there.iter_findings()))
        assert {finding: count for finding, count in differing.items() if count} == {}
        assert list(there.iter_findings()) == list(here.iter_findings())
        assert there.verdicts.equals(here.verdicts)
        assert (there.totals, there.counts, there.finding_count) == (here.totals, here.counts, here.finding_count)
        compared.append((landed.row_count, here.finding_count))
        return here

    return both


def _group(case):
    return (case["item"], case.get("organ_code") or "", case.get("known_codes") or [], case.get("legacy", False))


def test_the_law_cases(same_on_spark, tmp_path):
    """Every rule has cases on either side (tests/law), so that every rule is compared."""
    seen = set()
    for number, (_, members) in enumerate(groupby(sorted(CASES.values(), key=_group), key=_group)):
        cases = list(members)
        rows, reasons = [], {}
        for case in cases:
            rows.append(row_of(case))
            reasons |= {len(rows) + 1: reason for reason in case.get("doubts", {}).values()}
            if "next_row" in case:
                rows.append(rows[-1] | case["next_row"])
        folder = tmp_path / str(number)
        folder.mkdir()
        known = context_of(cases[0]).known_codes
        landed = landed_from(rows, folder=folder, item_id=cases[0]["item"], known_codes=known)
        doubts = pa.table(
            {
                "_sheet": pa.array([landed.sheets[0].name] * len(reasons), pa.string()),
                "_row": pa.array(list(reasons), pa.int64()),
                "reason": pa.array(list(reasons.values()), pa.string()),
            }
        )
        checked = same_on_spark(landed, context_of(cases[0], doubts=doubts))
        seen |= {count.rule.id for count in checked.counts}
    assert seen == {case["rule"] for case in CASES.values()}


@pytest.mark.parametrize("item_id", sorted(item.id for item in real_catalogue().items))
def test_odd_cells_in_every_item(item_id, same_on_spark, tmp_path):
    draw = random.Random(5)
    pools = {field.key: [*CELLS.get(field.key, [""]), *ODD] for field in real_catalogue().item(item_id).fields}
    usual = EXAMPLES.get(item_id, {})
    changed = (draw.sample(sorted(pools), min(4, len(pools))) for _ in range(2000))
    rows = [{**usual, **{key: draw.choice(pools[key]) for key in keys}} for keys in changed]
    landed = landed_from(rows, folder=tmp_path, item_id=item_id)
    same_on_spark(landed, CheckContext(on_date=TODAY, organ_code=ORGAN, known_codes=frozenset({"91500236MA00TE5T2L"})))


@pytest.mark.parametrize("name", ["written_day", "day_of", "is_wan_yuan", "parts_of", "document_no_key"])
def test_normal_forms_of_text_that_was_never_landed(name, spark, tmp_path, monkeypatch):
    """Landing takes line breaks and invisible characters away; the expressions agree without its help."""
    table = ibis.table({"text": "string"}, name="texts")
    asked = table.select("text", answer=getattr(normalise, name)(table.text))
    texts = [
        text + end
        for text in [*ODD, *CELLS["CF_JDRQ"], *CELLS["CF_NR_FK"], *CELLS["CF_WSH"]]
        for end in ("", "\n", "\u000b", "\u0085")
    ]
    answers = []
    for most in (10**9, 0):
        monkeypatch.setenv("XINHENG_SPARK_FROM_ROWS", str(most))
        with tables_for(rows=1, work=tmp_path / "work") as tables:
            tables.give("texts", pa.table({"text": pa.array(texts, pa.string())}))
            answers.append(tables.rows(compile_sql(asked, dialect=tables.dialect)).sort_by("text").to_pylist())
    assert tables.dialect == "pyspark"
    assert answers[0] == answers[1]
    assert len(answers[1]) == len(texts)


def _file(county, item_id, tmp_path):
    folder, made = county
    files = [file for file in made.files if file.item_id == item_id and not file.is_legacy]
    largest = max(files, key=lambda file: file.rows)
    landed = land(folder / largest.path, out=tmp_path / "rows.parquet", catalogue=real_catalogue(), item_id=item_id)
    return landed, CheckContext(on_date=TODAY, organ_code=largest.organ_code)


@pytest.mark.parametrize("item_id", RECORDS_AT_SCALE_1)
def test_files_of_the_county(county, item_id, same_on_spark, tmp_path):
    landed, context = _file(county, item_id, tmp_path)
    same_on_spark(landed, context)


def test_a_large_file(county, same_on_spark, tmp_path):
    """The county's penalties again and again, each time with document numbers of their own."""
    landed, context = _file(county, "administrative_penalty", tmp_path)
    rows = pl.read_parquet(landed.parquet)
    times = -(-LARGE // rows.height)
    copies = [
        rows.with_columns(
            _row=pl.col("_row") + number * rows.height,
            CF_WSH=pl.when(pl.col("CF_WSH") != "").then(pl.col("CF_WSH") + f"之{number}").otherwise(pl.lit("")),
        )
        for number in range(times)
    ]
    path = tmp_path / "large.parquet"
    pl.concat(copies).head(LARGE).write_parquet(path)
    checked = same_on_spark(replace(landed, parquet=path, row_count=LARGE, findings=()), context)
    assert checked.totals.rows == LARGE
