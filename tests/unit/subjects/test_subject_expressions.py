"""The table form of each check gives the answer of the one-value form."""

import duckdb
import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.subjects import domain, expressions


def _endings(body: str) -> list[str]:
    return [body + domain.uscc_check_char(body), body + "0", body]


_CODE = st.text(alphabet=domain.ALPHABET, min_size=11, max_size=11).flatmap(
    lambda rest: st.sampled_from([*_endings("91500236" + rest[:9]), "N3500236" + rest[:10], rest + "500236X"])
)
_OLD_CODE = st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8).flatmap(
    lambda body: st.sampled_from([body + domain.organisation_code_check_char(body), body + "1", body + "X"])
)
_ANY = st.text(max_size=20) | st.sampled_from(["", domain.PLACEHOLDER, "111111111111111111", "91500236MA00TE5T2K"])


@settings(max_examples=20, deadline=None)
@given(codes=st.lists(_CODE | _OLD_CODE | _ANY, min_size=20, max_size=60))
def test_batch_equals_single(codes: list[str]) -> None:
    codes = [code.replace("\x00", "") for code in codes]
    table = ibis.table({"position": "int64", "code": "string"}, name="codes")
    asked = table.select(
        table.position,
        uscc=expressions.uscc_is_valid(table.code),
        shape=expressions.uscc_is_well_formed(table.code),
        organisation=expressions.organisation_code_is_valid(table.code),
        sole_trader=expressions.uscc_is_sole_trader(table.code),
    ).order_by(table.position)
    connection = duckdb.connect()
    connection.register("codes", pa.table({"position": range(len(codes)), "code": codes}))
    verdicts = connection.execute(ibis.to_sql(asked, dialect="duckdb")).to_arrow_table().to_pydict()
    assert verdicts["uscc"] == [domain.uscc_is_valid(code) for code in codes]
    assert verdicts["shape"] == [domain.uscc_is_well_formed(code) for code in codes]
    assert verdicts["organisation"] == [domain.organisation_code_is_valid(code) for code in codes]
    assert verdicts["sole_trader"] == [domain.uscc_is_well_formed(code) and code.startswith("92") for code in codes]
