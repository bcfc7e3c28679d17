"""Private folders of files that arrive at the same moment."""

import os
import shutil
from pathlib import Path

from xinheng.intake.services import _artefacts


def test_another_folder_may_go_between_being_listed_and_being_looked_at(monkeypatch):
    """As happens to forty-eight clerks at once: whoever is through removes the own folder without asking anybody."""
    really_open, gone = os.open, []

    def open_too_late(path, flags, *more, **named):
        # By its name: the folder of a parallel run has "popen-gw0" in its path.
        if Path(path).name.startswith("open-") and not gone:
            gone.append(path)
            shutil.rmtree(path)
        return really_open(path, flags, *more, **named)

    with _artefacts.arrival_place() as first:
        with monkeypatch.context() as patched:
            patched.setattr(_artefacts.os, "open", open_too_late)
            with _artefacts.arrival_place() as second:
                assert second.is_dir()
        assert gone == [first]
    assert not second.exists()
