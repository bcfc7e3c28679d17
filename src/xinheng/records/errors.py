"""What can go wrong with records, in words for the person who meets it."""

from xinheng.kernel.errors import DomainError


class RecordNotFound(DomainError):
    """No record has this number."""

    code = "records.record_not_found"
    template = "没有找到编号或文书号是“%(record)s”的记录。请核对编号；文书号可以在单位页或回执里查到。"


class DocumentNumberAmbiguous(DomainError):
    """Several records have this document number; one of them must be named."""

    code = "records.document_number_ambiguous"
    template = "文书号“%(document_no)s”对应%(count)s条记录，不能判断是哪一条。请改用其中一个记录编号：%(records)s。"


class GroundMissing(DomainError):
    """An act on a record was asked for without a ground or without naming who acts."""

    code = "records.ground_missing"
    template = "“%(event)s”要写明依据（文书号或理由）和经办人，两项都不能空着。请补上后再提交。"


class MarkNotApplicable(DomainError):
    """The act does not exist for this kind of record."""

    code = "records.mark_not_applicable"
    template = "“%(event)s”不适用于这类记录（%(item)s）。请核对文书号和要办的事项。"


class RecordThereAlready(DomainError):
    """A record was to be given to a subject that has a record of the same document already."""

    code = "records.record_there_already"
    template = (
        "那家单位名下已有文书号“%(document_no)s”的同类记录，不能再归入一条，没有作任何改动。"
        "请先核对是不是同一份决定；重复报送的，撤回多报的那一批。"
    )


class DisputeEndMissing(DomainError):
    """A dispute without a day by which it must be settled would never end."""

    code = "records.dispute_end_missing"
    template = "收到异议要写明最迟哪天核查完（不早于收到之日）。请补上日期后再提交。"


class OutsideTransaction(DomainError):
    """Versions must be written in the transaction of the caller's step."""

    code = "records.outside_transaction"
    template = "写入记录必须在一个数据库事务里进行；没有写入任何内容。请把调用放进事务后再试。"


class PersonFieldsDestroyed(DomainError):
    """The key of the person-related fields was destroyed at the end of retention (P17)."""

    code = "records.person_fields_destroyed"
    template = "这条记录里与个人有关的内容已在%(destroyed)s到期销毁，不能再读出；记录本身和校验值保留。"
