"""Where things lie, and under which account the servers run.

Whatever is worth a backup is under DATA_DIR. One exception: PostgreSQL refuses to run as root, so
root's servers run under an account of their own, and where that account cannot reach DATA_DIR (a
checkout under /root) they live in /var/lib/liveqa.
"""

import hashlib
import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from liveqa.services.errors import ServicesError

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# Used where the system has no account named `liveqa`: a number nobody else has, with no rights
# anywhere, and no entry in /etc/passwd to leave behind. From the range systemd keeps for such use.
OWN_NUMBERS = range(61710, 61730)
# A socket's path must fit 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 103
LOG_MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the servers run as. `named` is an account with a name: initdb insists on one."""

    uid: int
    gid: int
    named: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Places:
    data: Path
    home: Path
    account: Account | None

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def valkey(self) -> Path:
        return self.home / "valkey"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def lock(self) -> Path:
        return self.data / "services.lock"

    @property
    def users(self) -> Path:
        return self.data / "services.users"

    @property
    def record(self) -> Path:
        return self.data / "services.json"


def data_dir() -> Path:
    """DATA_DIR, by default `.data` in the checkout."""
    named = os.environ.get("DATA_DIR", "").strip()
    return Path(named or CHECKOUT / ".data").expanduser().resolve()


def open_places(data: Path) -> Places:
    """Create what is missing. Raises ServicesError where this account may not write."""
    root = os.geteuid() == 0
    try:
        # Root's data directory must let the servers' account through to its own corner.
        make(data, 0o711 if root else 0o700)
        make(data / "log", 0o700)
        home = data
        if root and not passable(data):
            home = Path("/var/lib/liveqa") / hashlib.sha256(bytes(data)).hexdigest()[:12]
            make(home, 0o711)
    except OSError as error:
        raise ServicesError(
            f"Cannot write to {data} ({error.strerror}). "
            "Set DATA_DIR to a directory of yours, or give this one to the account you use."
        ) from error
    if not os.access(data, os.W_OK | os.X_OK):
        owner = _name_of(data.stat().st_uid)
        raise ServicesError(
            f"{data} belongs to {owner}. Run as that account, or set DATA_DIR to another directory."
        )
    return Places(data, home, _account(home / "postgres") if root else None)


def make(path: Path, mode: int) -> None:
    """Create the directory, and those above it, with exactly `mode`, whatever the umask.

    What is there already stays as it is.
    """
    for step in (*reversed(path.parents), path):
        if not step.is_dir():
            step.mkdir(exist_ok=True)
            step.chmod(mode)


def open_log(path: Path) -> IO[bytes]:
    """To append to; a long one is put aside first, in the place of the one put aside before."""
    if path.exists() and path.stat().st_size > LOG_MAX_BYTES:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def passable(path: Path) -> bool:
    """Whether any account may walk to `path` and through it."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))


def give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)


def new_runtime_dir(account: Account | None) -> Path:
    """A fresh private directory for the sockets: the checkout may lie too deep for their paths."""
    for base in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 -- mkdtemp makes it unguessable, 0700
        if len(os.fsencode(base)) + len("/liveqa-12345678/.s.PGSQL.5432") <= LONGEST_SOCKET_PATH:
            path = Path(tempfile.mkdtemp(prefix="liveqa-", dir=base))
            give(path, account)
            return path
    raise ServicesError(
        "The path of the temporary directory is too long: set TMPDIR to a short one."
    )


def _account(postgres: Path) -> Account:
    """The owner of the data that is there, else the system's `liveqa`, else a free number."""
    if postgres.exists() and (owner := postgres.stat()).st_uid != 0:
        return _account_of(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam("liveqa")
    except KeyError:
        number = next(n for n in OWN_NUMBERS if _name_of(n) == str(n))
        return _account_of(number, number)
    return _account_of(entry.pw_uid, entry.pw_gid)


def _account_of(uid: int, gid: int) -> Account:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        nobody = pwd.getpwnam("nobody")
        return Account(uid, gid, (nobody.pw_uid, nobody.pw_gid))
    return Account(uid, gid, (uid, gid))


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
