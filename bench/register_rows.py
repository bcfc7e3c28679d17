"""A register of any size, and records on it, put into the tables by the owner: what search and the file of one organisation read.

The rows are the synthetic county's, but with brands (字号) drawn from the 3,755 common characters, frequent ones more
often: the county's own 48 characters would put every pair of a brand into 900 of a million names. In the real registers of
Chongqing and of the whole country that we looked at, the first pair of a brand is in 45 and in 200 of a million names
(medians); here most are in fewer, so pairs that 30 to 300 names have are asked for apart.
COPY and INSERT by the owner, the pair index built afterwards: the rows and indexes of an import, made faster.
"""

from typing import Final

import numpy as np
import polars as pl

from bench.data import organ, organisations
from bench.server import BenchServer, Database
from xinheng.kernel.text import name_key

SEED: Final = 20261122
RECORDS_PER_ORGANISATION: Final = 1
"""On average; a tenth of the organisations have ten each, as licences and penalties gather on some."""

PLACES: Final = "^(奉节县|奉节|夔门|夔州|三峡库区|渝东)"
"""The places that names begin with."""

_PLACE_AND_BRAND: Final = f"{PLACES}..."
_BRAND_LENGTHS: Final = ((2, 0.65), (3, 0.25), (4, 0.1))

_STAGING: Final = """
CREATE UNLOGGED TABLE bench_register (id bigint, kind text, uscc text, registration_no text, name text, name_key text,
    established date, township text, address text, scope text, capital text)
"""
_FILL: Final = (
    """
INSERT INTO subjects_subject (id, kind, uscc, registration_no, organisation_code, name, name_key, name_sort, status,
    established_date, register_organ, province, area, township, address, type_text, capital_text, business_scope,
    is_irregular_code, is_demo)
SELECT id, kind, uscc, nullif(registration_no, ''), substr(uscc, 9, 9), name, name_key, '', 'ACTIVE', established,
    '奉节县市场监督管理局', '重庆', '奉节县', township, address, '', capital || '万元', scope, false, true
FROM bench_register ORDER BY id
""",
    """
INSERT INTO subjects_subjectname (subject_id, name, name_key, valid_from, is_current)
SELECT id, name, name_key, established, true FROM bench_register ORDER BY id
""",
    """
INSERT INTO subjects_subjectcode (subject_id, code_type, code, valid_from, is_current)
SELECT id, 'USCC', uscc, established, true FROM bench_register ORDER BY id
""",
    """
INSERT INTO subjects_subjectcode (subject_id, code_type, code, valid_from, is_current)
SELECT id, 'REGISTRATION_NO', registration_no, established, true FROM bench_register WHERE registration_no <> '' ORDER BY id
""",
    """
INSERT INTO subjects_subjectstatus (subject_id, status, valid_from, is_current)
SELECT id, 'ACTIVE', established, true FROM bench_register ORDER BY id
""",
    """
INSERT INTO subjects_subjectaddress (subject_id, address, township, valid_from, is_current)
SELECT id, address, township, established, true FROM bench_register ORDER BY id
""",
    "DROP TABLE bench_register",
)
_KINDS: Final = {
    "91": "ENTERPRISE",
    "92": "SOLE_TRADER",
    "93": "COOPERATIVE",
    "12": "INSTITUTION",
    "51": "SOCIAL_ORGANISATION",
    "52": "PRIVATE_NON_ENTERPRISE",
    "N3": "VILLAGE_COLLECTIVE",
    "11": "STATE_ORGAN",
}

# A licence of its own for each: first version, and a second one (a correction) for every tenth.
_RECORDS: Final = """
INSERT INTO records_recordversion (seq, record_id, supersedes, version_no, event, event_date, event_ground, event_actor,
    item_id, item_kind, item_version, catalogue_hash, legal_basis, basis_confidence, subject_id, is_sole_trader, organ_code,
    organ_name, document_no, document_no_key, certificate_no, decision_date, valid_from, valid_to, penalty_mask,
    on_the_spot, display_from, free_text_confirmed, withdrawn, held, fields, submission_id, sheet, row_no, reported_date,
    late_workdays, is_legacy, content_hash, recorded_at)
SELECT n, md5('record' || n)::uuid, NULL, 1, 'REPORTED', d, '报送', '测量', 'administrative_licence', 'LICENCE', '1', 'x',
    '《中华人民共和国行政许可法》第四十条', 'SOURCED', s.id, s.kind = 'SOLE_TRADER', %(code)s, %(organ)s,
    '奉市监许〔' || extract(year FROM d) || '〕' || n || '号', '奉市监许〔' || extract(year FROM d) || '〕' || n || '号', '',
    d, d, d + 1825, 0, false, d + 7, false, false, false,
    jsonb_build_object('certificate_name', '食品经营许可证', 'content', '食品销售、餐饮服务。', 'licence_category', '1'),
    'FJ-BENCH-' || n / 100000, '', n, d + 7, 0, false, decode(md5('content' || n), 'hex'), d + time '12:00'
FROM (SELECT n, CASE WHEN n %% 2 = 0 THEN 1 + n %% (%(count)s / 20) * 20 ELSE 1 + n %% %(count)s END AS subject,
             date '2026-11-20' - (n %% 1500)::int AS d FROM generate_series(%(first)s, %(last)s) n) r
JOIN subjects_subject s ON s.id = r.subject ORDER BY n
"""
_CORRECTIONS: Final = """
INSERT INTO records_recordversion ({columns}, seq, supersedes, version_no, event, event_date, recorded_at)
SELECT {columns}, (SELECT last FROM records_publicationcounter) + row_number() OVER (ORDER BY seq), seq, 2, 'CORRECTED',
       event_date + 30, recorded_at + interval '30 days'
FROM records_currentrecord WHERE seq %% 10 = 0 AND seq <= %(last)s
"""
_CHANGED: Final = {"seq", "supersedes", "version_no", "event", "event_date", "recorded_at", "effective_from", "effective_until"}
_BATCH: Final = 100_000


def register_database(server: BenchServer, count: int) -> Database:
    """Return a database with ``count`` organisations and as many records, filled the first time."""
    return server.template(f"register_{count}", build=lambda database: _fill(database, count))


def register_names(count: int) -> pl.DataFrame:
    """Return the organisations with their realistic names: ``id name name_key brand`` and the county's columns."""
    frame = organisations(count).organisations.with_row_index("id", offset=1)
    draws = np.random.default_rng(SEED)
    brands = _brands(draws, frame.height)
    named = frame.with_columns(brand=pl.Series(brands), name=pl.col("name").str.replace(_PLACE_AND_BRAND, "${1}\u0000"))
    named = named.with_columns(name=pl.col("name").str.replace("\u0000", pl.col("brand"), literal=True))
    return named.with_columns(name_key=pl.Series([name_key(name) for name in named["name"]]))


def _brands(draws: np.random.Generator, count: int) -> list[str]:
    """Return brands of two to four common characters, frequent ones more often."""
    characters = np.array([bytes([high, low]).decode("gb2312") for high, low in _common()])
    draws.shuffle(characters)
    weights = 1.0 / (np.arange(len(characters)) + 60.0)
    weights /= weights.sum()
    longest = draws.choice(characters, size=(count, 4), p=weights)
    lengths = draws.choice([length for length, _ in _BRAND_LENGTHS], size=count, p=[share for _, share in _BRAND_LENGTHS])
    return ["".join(row[:length]) for row, length in zip(longest, lengths, strict=True)]


def _common() -> list[tuple[int, int]]:
    """Return the places of the 3,755 common characters (GB 2312, level 1)."""
    return [(high, low) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF) if not (high == 0xD7 and low > 0xF9)]


def _fill(database: Database, count: int) -> None:
    register_fill(database, count)
    records_fill(database, count)
    with database.connect(owner=True) as owner:
        owner.execute("SELECT subjects_refresh_statistics()")


def register_fill(database: Database, count: int) -> None:
    """Put ``count`` organisations into an empty register."""
    frame = register_names(count)
    kinds = frame["kind"].replace_strict(_KINDS)
    rows = frame.select(
        "id", kinds.alias("kind"), "uscc", "registration_no", "name", "name_key", "established", "township", "address",
        "scope", "capital",
    )  # fmt: skip
    with database.connect(owner=True) as owner, owner.cursor() as cursor:
        cursor.execute(_STAGING)
        with cursor.copy("COPY bench_register FROM STDIN WITH (FORMAT csv)") as copy:
            for start in range(0, rows.height, _BATCH):
                copy.write(rows.slice(start, _BATCH).write_csv(include_header=False))
        found = cursor.execute("SELECT pg_get_indexdef('subjects_name_bigrams'::regclass)").fetchone()
        assert found is not None
        cursor.execute("DROP INDEX subjects_name_bigrams")
        for statement in _FILL:
            cursor.execute(statement)
        cursor.execute(str(found[0]))
        cursor.execute("SELECT setval('subjects_subject_id_seq', (SELECT max(id) FROM subjects_subject))")


def records_fill(database: Database, count: int) -> None:
    """Publish ``count`` records and correct every tenth, through the database's own checks."""
    named = organ()
    total = count * RECORDS_PER_ORGANISATION
    with database.connect(owner=True) as owner, owner.cursor() as cursor:
        values = {"code": named.code, "organ": named.name, "count": count}
        for first in range(1, total + 1, _BATCH):
            cursor.execute(_RECORDS, values | {"first": first, "last": min(total, first + _BATCH - 1)})
        columns = ", ".join(name for name in _columns(database, "records_currentrecord") if name not in _CHANGED)
        cursor.execute(_CORRECTIONS.format(columns=columns), {"last": total})
        cursor.execute("SELECT records_analyze()")


def _columns(database: Database, table: str) -> list[str]:
    with database.connect(owner=True) as owner:
        found = owner.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position", [table]
        ).fetchall()
    return [str(name) for (name,) in found]
