"""Read the log: where it stands, which leaf something is, and proofs."""

from xinheng.tlog.selectors.proving import Proof, consistency_shown, proof_of
from xinheng.tlog.selectors.state import (
    LogState,
    checkpoint_latest,
    leaf_of,
    leaves_of_record,
    log_state,
    publishing_require,
    stops_open,
)

__all__ = [
    "LogState",
    "Proof",
    "checkpoint_latest",
    "consistency_shown",
    "leaf_of",
    "leaves_of_record",
    "log_state",
    "proof_of",
    "publishing_require",
    "stops_open",
]
