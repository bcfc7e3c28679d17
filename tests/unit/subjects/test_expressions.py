"""The table form of each check gives the answer of the one-value form."""

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.subjects import domain, expressions

_CODE = st.from_regex(r"\A[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}\Z").flatmap(
    lambda body: st.sampled_from([body + domain.uscc_check_char(body), body + "0", body])
)
_OLD_CODE = st.from_regex(r"\A[0-9A-Z]{8}\Z").flatmap(
    lambda body: st.sampled_from([body + domain.organisation_code_check_char(body), body + "1", body + "X"])
)
_ANY = st.text(max_size=20) | st.sampled_from(["", domain.PLACEHOLDER, "111111111111111111", "91500236MA00TE5T2K"])


@settings(max_examples=20, deadline=None)
@given(codes=st.lists(_CODE | _OLD_CODE | _ANY, min_size=20, max_size=60))
def test_batch_equals_single(codes: list[str]) -> None:
    codes = [code.replace("\x00", "") for code in codes]
    connection = ibis.duckdb.connect()
    table = connection.create_table("codes", pa.table({"position": range(len(codes)), "code": codes}), temp=True)
    verdicts = (
        table.select(
            "position",
            uscc=expressions.uscc_is_valid(table.code),
            shape=expressions.uscc_is_well_formed(table.code),
            organisation=expressions.organisation_code_is_valid(table.code),
            sole_trader=expressions.uscc_is_sole_trader(table.code),
        )
        .order_by("position")
        .to_pyarrow()
        .to_pydict()
    )
    assert verdicts["uscc"] == [domain.uscc_is_valid(code) for code in codes]
    assert verdicts["shape"] == [domain.uscc_is_well_formed(code) for code in codes]
    assert verdicts["organisation"] == [domain.organisation_code_is_valid(code) for code in codes]
    assert verdicts["sole_trader"] == [
        domain.uscc_is_well_formed(code) and code.startswith("92") for code in codes
    ]
