"""Roles a field may play; intake, records and pages find a field by its role, not by its column code."""

ROLES = frozenset(
    {
        "subject_name", "subject_category", "uscc", "registration_no", "organisation_code", "tax_no", "institution_no",
        "social_no", "legal_representative", "document_name", "document_no", "licence_category", "certificate_name",
        "certificate_no", "content", "decision_date", "valid_from", "valid_to", "organ_name", "organ_code", "state",
        "source_organ_name", "source_organ_code", "remark", "violation_kind", "facts", "legal_ground", "penalty_kinds",
        "fine", "confiscation", "revoked_licence", "display_until", "reason", "title", "level", "list_type",
        "statutory_until", "commitment_type", "fulfilment_state", "fulfilment_date", "fulfilment_organ_name",
        "fulfilment_organ_code", "unperformed_content", "breach_liability", "liability_pursued", "commitment_disclosure",
        "evidence_kind", "evidence_no", "notice_date", "statement_received", "hearing", "service_date", "service_method",
        "earliest_exit", "measures", "target_item", "act_kind", "act_document_no", "act_organ_name", "event_date", "ground",
        "column_code", "wrong_value", "right_value",
    }
)  # fmt: skip
