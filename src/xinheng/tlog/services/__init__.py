"""Everything that writes the log, checks it, and throws the switch of publishing."""

from xinheng.tlog.selectors import publishing_require
from xinheng.tlog.services.checking import LogReport, Problem, log_check, tiles_rebuild
from xinheng.tlog.services.continuing import Continued, log_continue
from xinheng.tlog.services.deriving import Derived, log_derive, writer_excluded
from xinheng.tlog.services.erasing import salts_erase
from xinheng.tlog.services.files import log_folder
from xinheng.tlog.services.keys import known_key, verifier_file
from xinheng.tlog.services.stopping import publishing_resume, publishing_stop
from xinheng.tlog.services.writing import Appended, log_append

__all__ = [
    "Appended",
    "Continued",
    "Derived",
    "LogReport",
    "Problem",
    "known_key",
    "log_append",
    "log_check",
    "log_continue",
    "log_derive",
    "log_folder",
    "publishing_require",
    "publishing_resume",
    "publishing_stop",
    "salts_erase",
    "tiles_rebuild",
    "verifier_file",
    "writer_excluded",
]
