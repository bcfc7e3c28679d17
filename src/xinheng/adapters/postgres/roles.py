"""Which roles the database has, and what each may: the one place (ADR 0063). ``rights`` brings the database to it and compares.

The owner migrates. The application works, and migrations take from it what a table must not allow. The others are narrow: they
have what is written here and nothing else, so that a new table, column or function is closed to them until somebody adds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from xinheng.adapters.postgres.supervisor import APP_ROLE, RETENTION_ROLE

PUBLIC_ROLE: Final = "xinheng_public"
AUDITOR_ROLE: Final = "xinheng_auditor"
BACKUP_ROLE: Final = "xinheng_backup"

BACKUP_POLICY: Final = "for_the_backup"
"""Name of the policy by which the backup reads past every wall; a table with walls that lacks it is in no backup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRole:
    """A role, and everything that it may do; ``purpose`` is told to people.

    ``reads``: table or view → its columns, no columns for all of them. ``adds``: tables to which it adds rows, and draws their
    numbers. ``calls``: names of our functions. ``reads_all``: every table and sequence, new ones too. ``signs_in``: whether it can
    have connections of its own.
    """

    name: str
    purpose: str
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adds: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    reads_all: bool = False
    signs_in: bool = True

    @property
    def settings(self) -> dict[str, str]:
        """What its sessions begin with. It can change that; that it writes nothing is a matter of its rights."""
        return {} if self.adds else {"default_transaction_read_only": "on"}


_OF_A_VERSION: Final = (
    "version_no", "event", "event_date", "event_ground", "event_actor", "item_id", "item_kind", "item_version",
    "catalogue_hash", "legal_basis", "basis_confidence", "subject_id", "is_sole_trader", "organ_code", "organ_name",
    "document_no", "document_no_key", "certificate_no", "decision_date", "valid_from", "valid_to", "list_type",
    "statutory_until", "penalty_mask", "fine_fen", "confiscated_fen", "on_the_spot", "display_from",
    "free_text_confirmed", "revoked_date", "repaired_date", "delisted_date", "withdrawn", "held", "disputed_since",
    "disputed_until", "fields", "submission_id", "sheet", "row_no", "reported_date", "late_workdays", "is_legacy",
    "content_hash", "recorded_at", "effective_from", "effective_until", "seq", "record_id", "supersedes",
)  # fmt: skip
"""Everything of a record but what is sealed about persons, its key's number and its digest (P4)."""

_PUBLIC: Final = DatabaseRole(
    name=PUBLIC_ROLE,
    purpose="回答公开的网页、接口、开放数据、存证日志和报告核验，只读",
    reads={
        "catalogue_logged": (),
        "django_migrations": (),
        "intake_published": (),
        "records_currentrecord": _OF_A_VERSION,
        "records_logged": (),
        "records_publicationcounter": (),
        "records_recordversion": _OF_A_VERSION,
        "records_reportsource": (),
        # Neither the report's content nor its key: who asks has the number and the code, and learns no more than that it stands.
        "reports_issuedreport": (
            "id", "number", "subject_id", "purpose", "issued_at", "known_seq", "catalogue_hash", "document_sha256",
            "facts_sha256", "check_digest",
        ),
        "subjects_frequentpair": (),
        "subjects_registerimport": ("id",),
        "subjects_subject": (),
        "subjects_subjectaddress": (),
        "subjects_subjectcode": (),
        "subjects_subjectname": (),
        "subjects_subjectstatus": (),
        "tlog_logbatch": (),
        "tlog_logcheckpoint": (),
        "tlog_logleaf": (),
        # A proof opens an entry by its salt: given away with every proof of a record that is shown.
        "tlog_logsalt": (),
        "tlog_publishingstop": (),
    },
    calls=("bg", "tlog_content", "tlog_entry", "tlog_event", "tlog_opening"),
)  # fmt: skip

_AUDITOR: Final = DatabaseRole(
    name=AUDITOR_ROLE,
    purpose="查看操作记录、事件和存证日志，看不到业务数据，只读",
    reads={
        "audit_change": (),
        "audit_event": (),
        "audit_read": (),
        "audit_readsent": (),
        "tlog_logbatch": (),
        "tlog_logcheckpoint": (),
        "tlog_logerasure": (),
        "tlog_logleaf": (),
        "tlog_publishingstop": (),
    },
)

_BACKUP: Final = DatabaseRole(name=BACKUP_ROLE, purpose="备份时读全部数据，只读", reads_all=True)

_RETENTION: Final = DatabaseRole(
    name=RETENTION_ROLE,
    purpose="到期销毁：只能调用几个销毁函数，并记入事件",
    reads={"audit_event": ("id",)},  # the number that its own event was given
    adds=("audit_event",),
    calls=(
        "audit_retain", "intake_original_destroy", "intake_original_destroy_due", "records_keys_destroy", "records_keys_destroy_due",
        "reports_key_destroy", "reports_keys_destroy_due", "tlog_salts_erase",
    ),
    signs_in=False,
)  # fmt: skip

NARROW: Final[Mapping[str, DatabaseRole]] = {role.name: role for role in (_PUBLIC, _AUDITOR, _BACKUP, _RETENTION)}
"""Roles that have what is written here and nothing else, by name."""

APPLICATION_CALLS: Final = frozenset(
    {
        "audit_partitions_make",
        "intake_original_destroy_due",
        "records_analyze",
        "records_current_rebuild",
        "records_publication_lock",
        "subjects_refresh_statistics",
        "subjects_settle_names",
        "tlog_publishing_require",
    }
)
"""Functions with the owner's rights (``SECURITY DEFINER``) that the application may call. All others of the kind are closed to it."""


_READS: Final = ("SELECT",)
_ADDS: Final = ("SELECT", "INSERT")
_ADDS_AND_CHANGES: Final = ("SELECT", "INSERT", "UPDATE")

APPLICATION: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        [
            "audit_change", "catalogue_logged", "intake_published", "records_currentrecord", "records_logged",
            "records_projected", "records_publicationcounter", "subjects_frequentpair", "tlog_logerasure",
        ],
        _READS,
    ),
    **dict.fromkeys(
        [
            "audit_event", "audit_read", "audit_readsent", "catalogue_cataloguesnapshot", "exchange_upload",
            "exchange_uploadedrecord", "intake_amendment", "intake_doubtdecision", "intake_explanation",
            "intake_givingup", "intake_returnedrow", "intake_submissionevent", "intake_submissionoriginal", "intake_submissionfinding",
            "intake_submissionrow", "monitoring_gapexplanation", "monitoring_qualityfigure",
            "monitoring_reconciliation", "monitoring_reminder", "records_recordkey", "records_recordversion",
            "records_reportsource", "reports_issuedreport", "tlog_logcheckpoint", "tlog_logleaf", "tlog_logsalt",
        ],
        _ADDS,
    ),
    **dict.fromkeys(
        [
            "catalogue_catalogueproposal", "intake_doubt", "intake_numbercounter", "intake_submission",
            "intake_waiver", "intake_workbookorder", "monitoring_zeroreport",
            "subjects_registerimport", "subjects_subject",
        ],
        _ADDS_AND_CHANGES,
    ),
    "accounts_account": (*_ADDS, "UPDATE password last_login display_name is_active closed_at closed_ground"),
    "accounts_invitation": (*_ADDS, "UPDATE accepted_at withdrawn_at account_id"),
    "accounts_rolegrant": (*_ADDS, "UPDATE revoked_at revoked_ground revoked_by_id"),
    "accounts_systemclient": (*_ADDS, "UPDATE revoked_at revoked_from_server revoked_ground revoked_by_id"),
    "audit_change_id_seq": (),
    "notices_contact": (*_ADDS, "DELETE"),
    "notices_delivery": (*_ADDS, "UPDATE attempts failure sent_at dropped_at"),
    "notices_notice": (*_ADDS, "UPDATE read_at"),
    "subjects_subjectaddress": (*_ADDS, "UPDATE valid_to is_current"),
    "subjects_subjectcode": (*_ADDS, "UPDATE valid_to is_current"),
    "subjects_subjectname": (*_ADDS, "UPDATE valid_to is_current"),
    "subjects_subjectstatus": (*_ADDS, "UPDATE valid_to is_current"),
    "tlog_logbatch": (*_READS, "UPDATE first_index"),
    "tlog_publishingstop": (*_ADDS, "UPDATE resumed_at resumed_by resume_reason"),
}  # fmt: skip
"""Table or sequence → what the application may do to it, where that is not everything; after ``UPDATE`` the only columns.

Migrations take these rights away, and say why; here they are in one place, for whoever compares. Partitions are closed to it."""


def all_roles() -> tuple[str, ...]:
    """Return the names of all roles but the owner."""
    return (APP_ROLE, *NARROW)
