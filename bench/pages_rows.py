"""A register of which every organisation has three records on display: two licences and a penalty.

Put into the tables by the owner through the database's own checks, as ``bench/register_rows.py`` does.
"""

from typing import Final

from bench.data import ON_DATE, organ
from bench.register_rows import register_fill
from bench.server import BenchServer, Database

RECORDS: Final = 3
_BATCH: Final = 100_000
_ROWS: Final = """
INSERT INTO records_recordversion (seq, record_id, supersedes, version_no, event, event_date, event_ground, event_actor,
    item_id, item_kind, item_version, catalogue_hash, legal_basis, basis_confidence, subject_id, is_sole_trader, organ_code,
    organ_name, document_no, document_no_key, certificate_no, decision_date, valid_from, valid_to, penalty_mask, fine_fen,
    on_the_spot, display_from, free_text_confirmed, withdrawn, held, fields, submission_id, sheet, row_no, reported_date,
    late_workdays, is_legacy, content_hash, recorded_at)
SELECT n, md5('record' || n)::uuid, NULL, 1, 'REPORTED', d, '报送', '测量', r.item, r.kind, '1', 'x',
    '《中华人民共和国行政许可法》第四十条', 'SOURCED', s.id, s.kind = 'SOLE_TRADER', %(code)s, %(organ)s,
    r.number, r.number, '', d, d, CASE WHEN r.kind = 'LICENCE' THEN d + 1825 END, CASE WHEN r.kind = 'PENALTY' THEN %(fine)s ELSE 0 END,
    CASE WHEN r.kind = 'PENALTY' THEN 2000000 END, false, d + 7, false, false, false,
    CASE WHEN r.kind = 'PENALTY'
        THEN jsonb_build_object('document_no', r.number, 'violation_kind', '标签不符合规定', 'penalty_kinds', '罚款', 'fine', '2.000000')
        ELSE jsonb_build_object('document_no', r.number, 'certificate_name', '食品经营许可证', 'content', '食品销售、餐饮服务。',
            'licence_category', '1') END,
    'FJ-BENCH-' || n / 100000, '', n, d + 7, 0, false, decode(md5('content' || n), 'hex'), d + time '12:00'
FROM (SELECT n, 1 + n %% %(count)s AS subject, %(day)s::date - 10 - (n %% 80)::int AS d,
             CASE WHEN n %% 3 = 0 THEN 'PENALTY' ELSE 'LICENCE' END AS kind,
             CASE WHEN n %% 3 = 0 THEN 'administrative_penalty' ELSE 'administrative_licence' END AS item,
             '奉市监文〔2026〕' || n || '号' AS number
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) n) r
JOIN subjects_subject s ON s.id = r.subject ORDER BY n
"""


def pages_database(server: BenchServer, count: int) -> Database:
    """Return a database with ``count`` organisations with three records each, filled the first time."""
    return server.template(f"pages_{count}_{ON_DATE:%Y%m%d}", build=lambda database: _fill(database, count))


def _fill(database: Database, count: int) -> None:
    from xinheng.rules.domain import kinds_to_mask

    register_fill(database, count)
    named = organ()
    values = {"code": named.code, "organ": named.name, "count": count, "day": ON_DATE, "fine": kinds_to_mask(["3"])}
    total = count * RECORDS
    with database.connect(owner=True) as owner, owner.cursor() as cursor:
        for first in range(1, total + 1, _BATCH):
            cursor.execute(_ROWS, values | {"first": first, "last": min(total, first + _BATCH - 1)})
        cursor.execute("SELECT records_analyze()")
        cursor.execute("SELECT subjects_refresh_statistics()")
