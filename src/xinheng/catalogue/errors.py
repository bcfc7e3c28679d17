"""What the catalogue refuses, in words for people."""

from xinheng.kernel.errors import DomainError


class CatalogueRefused(DomainError):
    """The catalogue folder has problems; nothing of it is used."""

    code = "catalogue.refused"
    template = (
        "目录内容有 %(count)s 处问题，整个目录都不使用。第一处：%(first)s\n"
        "请运行 xinheng catalogue check 查看全部问题，改好后再启动。"
    )


class CatalogueFolderMissing(DomainError):
    """The folder named in the settings does not exist or holds no YAML file."""

    code = "catalogue.folder_missing"
    template = "找不到目录内容：%(path)s 不存在，或者里面没有 YAML 文件。请检查设置 XINHENG_CATALOGUE_DIR。"


class CatalogueNotKept(DomainError):
    """Something was begun under a catalogue of which no snapshot was kept."""

    code = "catalogue.not_kept"
    template = "没有保存指纹为 %(hash)s 的目录，不能按当时的目录继续办理。请撤回这个批次，按现行目录重新报送。"


class ProposalRefused(DomainError):
    """What was proposed cannot be a catalogue: a path that is none, or content with problems."""

    code = "catalogue.proposal_refused"
    template = "这份修改不能提出：%(why)s"


class ProposalNotFound(DomainError):
    """No proposal has this number."""

    code = "catalogue.proposal_not_found"
    template = "没有编号为 %(number)s 的目录修改建议。"


class ProposalNotInState(DomainError):
    """What was asked for cannot be done with the proposal as it is."""

    code = "catalogue.proposal_not_in_state"
    template = "目录修改建议 %(number)s 现在是“%(state)s”，不能%(wanted)s。%(next)s"


class ProposalOfOneself(DomainError):
    """Who proposed a change may not adopt it."""

    code = "catalogue.proposal_of_oneself"
    template = "提出人和批准人不能是同一人。请由信用办的另一位主任批准。"
