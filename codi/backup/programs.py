"""The programs of PostgreSQL and GnuPG: found, and run with their words kept."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from codi.embedded.placement import EmbeddedError, installed_programs


class BackupError(Exception):
    """A backup or restore cannot go on; the text says what to do."""


def find(name: str, *, server_major: int) -> str:
    """The program of PostgreSQL that fits the server: of its own version, else the newest there is.

    Raises :class:`BackupError` when none is as new as the server.
    """
    fitting = [(major, path) for major, path in _candidates(name) if major >= server_major]
    if not fitting:
        raise BackupError(
            f"no {name} of PostgreSQL {server_major} or later; "
            f"install postgresql-client-{server_major}"
        )
    return min(fitting)[1]


def _candidates(name: str) -> list[tuple[int, str]]:
    paths = [shutil.which(name) or ""]
    try:
        paths.append(str(installed_programs() / name))
    except EmbeddedError:
        paths.append("")
    return [(_major(path), path) for path in paths if path and Path(path).exists()]


def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", said)
    return int(found.group(1)) if found else 0


def run(*command: str, connection: BaseDatabaseWrapper | None = None) -> None:
    """Run a program to its end; :class:`BackupError` with its last words when it fails.

    The password of the database goes through the environment, where the list of processes does not
    show it.
    """
    done = subprocess.run(
        command,
        env={**os.environ, **_login(connection)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        words = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise BackupError(f"{Path(command[0]).name} failed: {words}")


def _login(connection: BaseDatabaseWrapper | None) -> dict[str, str]:
    if connection is None:
        return {}
    given = connection.settings_dict
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    return {name: str(given[key]) for name, key in names.items() if given.get(key)}


def seal(path: Path, passphrase_file: Path) -> Path:
    """Encrypt a file (AES-256) and remove the plain one; returns the sealed one."""
    sealed = path.with_name(f"{path.name}.gpg")
    run(
        *_gpg(passphrase_file),
        "--cipher-algo",
        "AES256",
        "--symmetric",
        "--output",
        str(sealed),
        str(path),
    )
    path.unlink()
    return sealed


def unseal(path: Path, passphrase_file: Path, into: Path) -> Path:
    """Decrypt a file into a folder; :class:`BackupError` on a wrong passphrase or a changed file."""
    plain = into / path.name.removesuffix(".gpg")
    run(*_gpg(passphrase_file), "--decrypt", "--output", str(plain), str(path))
    return plain


def _gpg(passphrase_file: Path) -> Sequence[str]:
    program = shutil.which("gpg")
    if program is None:
        raise BackupError("gpg is not installed; install gnupg, or leave --passphrase-file out")
    if not passphrase_file.is_file():
        raise BackupError(f"{passphrase_file} is not a file with the passphrase")
    return (
        *(program, "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback"),
        *("--passphrase-file", str(passphrase_file)),
    )
