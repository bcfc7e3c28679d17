"""Make the daily snapshot of 10⁵ and 10⁶ records (CSV, Parquet, hashes, signature) against COPY … TO of the same rows.

The records are licences (60 of 100) and penalties (40) of a tenth as many organisations, with the columns of the national
templates filled as departments fill them; free texts are confirmed for half of them. The peer is what the database alone does
with these rows: the stored rows themselves, all columns, into one CSV file, synced. Each runs in turn.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet

from bench.data import ON_DATE, organ
from bench.harness import Row, growth, in_turn, timed
from bench.register_rows import register_fill
from bench.server import HOME, BenchServer, Database

SIZES: Final = (100_000, 1_000_000)
_BATCH: Final = 100_000
_PEER: Final = "COPY … TO of the same rows"

_RECORDS: Final = """
INSERT INTO records_recordversion (seq, record_id, supersedes, version_no, event, event_date, event_ground, event_actor,
    item_id, item_kind, item_version, catalogue_hash, legal_basis, basis_confidence, subject_id, is_sole_trader, organ_code,
    organ_name, document_no, document_no_key, certificate_no, decision_date, valid_from, valid_to, penalty_mask, fine_fen,
    on_the_spot, display_from, free_text_confirmed, withdrawn, held, fields, submission_id, sheet, row_no, reported_date,
    late_workdays, is_legacy, content_hash, recorded_at)
SELECT (SELECT last FROM records_publicationcounter) + row_number() OVER (ORDER BY n), md5('snapshot' || n)::uuid, NULL, 1,
    'REPORTED', d, '报送', '测量',
    CASE WHEN licence THEN 'administrative_licence' ELSE 'administrative_penalty' END,
    CASE WHEN licence THEN 'LICENCE' ELSE 'PENALTY' END, 'item@2026.11#bde000e8', repeat('ab', 32),
    '《中华人民共和国行政许可法》第四十条；《中华人民共和国行政处罚法》第四十八条', 'SOURCED', s.id, false, %(code)s, %(organ)s,
    no, no, CASE WHEN licence THEN 'JY1500236' || lpad(n::text, 7, '0') ELSE '' END, d, CASE WHEN licence THEN d END,
    CASE WHEN licence THEN d + 1825 END, CASE WHEN licence THEN 0 ELSE 8 END, CASE WHEN licence THEN NULL ELSE 200000 + n %% 400 * 5000 END,
    false, d + 7, n %% 2 = 0, false, false,
    CASE WHEN licence THEN jsonb_build_object(
        'subject_name', s.name, 'subject_category', '法人及非法人组织', 'uscc', s.uscc, 'document_name', '食品经营许可决定书',
        'document_no', no, 'licence_category', '普通', 'certificate_name', '食品经营许可证',
        'certificate_no', 'JY1500236' || lpad(n::text, 7, '0'), 'content', '食品销售（含冷藏冷冻食品）、餐饮服务（含网络经营）。',
        'decision_date', to_char(d, 'YYYY/MM/DD'), 'valid_from', to_char(d, 'YYYY/MM/DD'),
        'valid_to', to_char(d + 1825, 'YYYY/MM/DD'), 'organ_name', %(organ)s::text, 'organ_code', %(code)s::text, 'state', '有效',
        'source_organ_name', %(organ)s::text, 'source_organ_code', %(code)s::text, 'remark', '')
    ELSE jsonb_build_object(
        'subject_name', s.name, 'subject_category', '法人及非法人组织', 'uscc', s.uscc, 'document_no', no,
        'violation_kind', '经营超过保质期的食品', 'facts', '经查，当事人于' || to_char(d - 30, 'YYYY年MM月DD日') || '经营超过保质期的食品。',
        'legal_ground', '《中华人民共和国食品安全法》第三十四条第十项、第一百二十四条第一款第五项', 'penalty_kinds', '罚款',
        'content', '罚款人民币' || (2000 + n %% 400 * 50) || '元。', 'fine', to_char((200000 + n %% 400 * 5000) / 1000000.0, 'FM990.000000'),
        'decision_date', to_char(d, 'YYYY/MM/DD'), 'organ_name', %(organ)s::text, 'organ_code', %(code)s::text,
        'source_organ_name', %(organ)s::text, 'source_organ_code', %(code)s::text, 'remark', '')
    END, 'FJ-BENCH-' || n / 5000, '', n, d + 7, 0, false, decode(md5('content' || n), 'hex'), d + time '12:00'
FROM (SELECT n, n %% 10 < 6 AS licence, 1 + n %% %(subjects)s AS subject,
          CASE WHEN n %% 10 < 6 THEN '奉市监许〔2026〕' ELSE '奉市监处罚〔2026〕' END || n || '号' AS no,
          date '2026-11-20' - (n %% CASE WHEN n %% 10 < 6 THEN 1500 ELSE 200 END)::int AS d
      FROM generate_series(%(first)s, %(last)s) n) r
JOIN subjects_subject s ON s.id = r.subject ORDER BY n
"""
_SOURCES: Final = """
INSERT INTO records_reportsource (submission_id, file_sha256, rule_set_version, columns)
SELECT DISTINCT submission_id, encode(sha256(submission_id::bytea), 'hex'), 'rules@1#0badcafe', '{}'::jsonb
FROM records_currentrecord
"""


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Measure at 10⁵ and 10⁶ records (``quick``: 10⁵)."""
    return at_both_sizes(_measured, job="snapshot", case="daily snapshot", quick=quick, repeat=repeat)


def at_both_sizes(measured: Callable[[Database, int], Row], *, job: str, case: str, quick: bool, repeat: int) -> list[Row]:
    """Measure something on 10⁵ and 10⁶ of these records (``quick``: 10⁵); the larger size once only, as it takes minutes."""
    server = BenchServer.start()
    rows: list[Row] = []
    try:
        for count in SIZES[:1] if quick else SIZES:
            database = server.template(f"snapshot_{count}", build=partial(fill, count=count))
            rows.append(measured(database, repeat if count == SIZES[0] else 1))
    finally:
        server.stop()
    if len(rows) > 1:
        rows.append(growth(job=job, case=case, small=rows[0], large=rows[1], at_most=12))
    return rows


def _measured(database: Database, repeat: int) -> Row:
    with database.in_django(), _folder() as folder:
        made = _make(database)
        written = made.snapshot.folder
        ids = pyarrow.parquet.read_table(written / "records.parquet", columns=["id"])["id"].to_pylist()
        sizes = {one.name: one.size / 2**20 for one in made.snapshot.manifest.files}
        with database.connect(owner=True) as owner:
            owner.execute("DROP TABLE IF EXISTS bench_shown; CREATE UNLOGGED TABLE bench_shown (id uuid PRIMARY KEY)")
            with owner.cursor().copy("COPY bench_shown FROM STDIN") as copy:
                copy.write("\n".join(ids))
            owner.execute("VACUUM ANALYZE bench_shown")
            things = {"ours": lambda: timed(lambda: _make(database)), "peer": lambda: timed(lambda: _copied(owner, folder))}
            found = in_turn(things, repeat=repeat)
            owner.execute("DROP TABLE bench_shown")
    return Row(
        job="snapshot",
        case="daily snapshot",
        size=f"{len(ids):,} records",
        ours=found["ours"].median,
        peer_name=_PEER,
        peer=found["peer"].median,
        at_most=3,
        note=f"CSV {sizes['records.csv']:.0f} MiB, Parquet {sizes['records.parquet']:.0f} MiB",
    )


def _make(database: Database) -> Any:
    """Make the snapshot from nothing, as the command does."""
    from xinheng.opendata.services import snapshot_make

    shutil.rmtree(database.var / "opendata", ignore_errors=True)
    from xinheng.adapters.clock import CHINA

    return snapshot_make(on_date=ON_DATE, now=datetime.combine(ON_DATE, time(2), CHINA), actor="bench")


def _copied(owner: Any, folder: Path) -> None:
    """Let the database write the stored rows into one file, and sync it."""
    query = "COPY (SELECT r.* FROM records_currentrecord r JOIN bench_shown s ON s.id = r.record_id) TO STDOUT (FORMAT csv)"
    with (folder / "peer.csv").open("wb") as out:
        with owner.cursor().copy(query) as copy:
            out.writelines(copy)
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def _folder() -> Iterator[Path]:
    folder = HOME / "snapshot-peer"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(database: Database, *, count: int) -> None:
    """Put ``count`` records of a tenth as many organisations into an empty database."""
    subjects, named = count // 10, organ()
    register_fill(database, subjects)
    values = {"code": named.code, "organ": named.name, "subjects": subjects}
    with database.connect(owner=True) as owner, owner.cursor() as cursor:
        cursor.execute("UPDATE subjects_subject SET kind = 'ENTERPRISE' WHERE kind = 'SOLE_TRADER'")
        for first in range(1, count + 1, _BATCH):
            cursor.execute(_RECORDS, values | {"first": first, "last": min(count, first + _BATCH - 1)})
        cursor.execute(_SOURCES)
        cursor.execute("SELECT records_analyze()")
