"""Why no synthetic county was written."""

from xinheng.kernel.errors import DomainError


class FolderNotEmpty(DomainError):
    """The folder holds something that the generator did not write."""

    code = "synth.folder_not_empty"
    template = "文件夹“%(folder)s”里已有别的内容，没有写入演示数据。请换一个空文件夹，或自行清空后再运行。"


class ScaleOutOfRange(DomainError):
    """The scale is not one that the generator can make."""

    code = "synth.scale_out_of_range"
    template = "倍数 %(scale)s 不在 1 到 %(most)s 之间。1 倍是 5,000 家组织、20,000 条记录。"


class NothingToPractise(DomainError):
    """No practice file is made of an item."""

    code = "synth.nothing_to_practise"
    template = "“%(item)s”没有练习表。可以练习的有行政处罚、行政许可、荣誉和信用承诺。"
