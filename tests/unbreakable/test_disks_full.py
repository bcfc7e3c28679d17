"""No room left on the disk (RLIMIT_FSIZE) while a backup is made, and one that is killed: told in words, nothing half stays."""

import resource
import subprocess
import sys

import pytest

from tests.factories.commands import environment
from tests.factories.interleaving import PATIENCE

pytestmark = pytest.mark.unbreakable


def _run(county, place, *words, limit=None):
    def bounded():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    told = subprocess.run(
        [sys.executable, "-m", "xinheng", *map(str, words)],
        env=environment(county.server, database=place.database, var=place.var) | _OF_BACKUPS(place),
        preexec_fn=bounded if limit else None,
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    return told.returncode, told.stdout + told.stderr


def _OF_BACKUPS(place):
    return {"XINHENG_BACKUPS": str(place.folder / "backups"), "XINHENG_BACKUP_RECIPIENTS": str(place.folder / "public.txt")}


def test_a_backup_on_a_full_disk_and_a_killed_one(county, report):
    stage = county.stages[-1]
    place = county.place(database=stage.database, var=stage.var)
    code, said = _run(county, place, "backup", "new-identity", "--out", place.folder / "identity.txt")
    assert code == 0, said
    code, said = _run(county, place, "backup", "make", limit=30_000)
    assert code == 2, said
    assert "没有留下不完整的文件" in said
    assert not [path for path in (place.folder / "backups").glob("*") if path.name != "lost+found"]

    process = subprocess.Popen(
        [sys.executable, "-m", "xinheng", "backup", "make"],
        env=environment(county.server, database=place.database, var=place.var) | _OF_BACKUPS(place),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with county.owner(place.database) as connection:
        # Its state of the database is exported: it is in the middle.
        while not connection.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
        ).fetchone():
            assert process.poll() is None
    process.kill()
    process.wait()
    assert not list((place.folder / "backups").glob("xinheng-*")), "none under a whole one's name"

    code, said = _run(county, place, "backup", "make")
    assert code == 0, said
    (backup,) = (place.folder / "backups").iterdir()
    assert not list(place.var.glob(".backup-*"))
    code, said = _run(county, place, "restore", backup, "--identity", place.folder / "identity.txt", "--check-only")
    assert code == 0, said
    report(said.strip())
    county.drop(place)
