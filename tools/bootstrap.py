"""Prepare a bare machine: Python, virtual environment, pinned packages, system libraries.

Runs before anything is installed, so it uses the standard library only and keeps to old syntax
(3.7): a Python that is too old must be able to say so. ``python3 tools/bootstrap.py runtime`` is what
running needs; ``development`` adds what the suite and the checks need.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent.parent
VENV = HERE / ".venv"
NEEDED = (3, 11)
# What WeasyPrint loads → the package of Debian and Ubuntu that brings it.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libthai.so.0": "libthai0",
}
DATA_FILES = {"/usr/share/libthai/thbrk.tri": "libthai-data"}
TEST_PROGRAMS = {"chromium": "chromium", "pdftotext": "poppler-utils"}


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def stop(text: str) -> NoReturn:
    sys.stderr.write("\n" + text + "\n")
    sys.exit(1)


def run(*command: str) -> None:
    done = subprocess.run(command)
    if done.returncode:
        stop("this command failed: " + " ".join(command))


def find_python() -> str:
    """This Python when it is new enough, else the newest that is, else a clear end."""
    if sys.version_info >= NEEDED:
        return sys.executable
    for minor in range(20, NEEDED[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    stop(
        f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}.\n"
        "Install one, for example:  sudo apt-get install python3.11 python3.11-venv\n"
        "or name it:                make run PYTHON=/path/to/python3.11"
    )


def install_system(packages: list[str]) -> None:
    """Install with apt where that is allowed, else print the exact command and stop."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    sudo: list[str] = []
    allowed = bool(shutil.which("apt-get"))
    if os.geteuid() != 0:
        sudo = ["sudo", "-n"]
        allowed = allowed and bool(shutil.which("sudo")) and quiet(["sudo", "-n", "true"])
    if not allowed:
        stop(
            "these system packages are missing and this account may not install them.\n"
            "Run this once, then start again:\n\n    sudo " + " ".join(command)
        )
    say("installing with apt: " + " ".join(packages))
    prefix = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive"]
    if not quiet(prefix + command):
        quiet([*prefix, "apt-get", "update"])
        if not quiet(prefix + command, show=True):
            stop(
                "apt could not install them. Run this once, then start again:\n\n    sudo "
                + " ".join(command)
            )


def quiet(command: list[str], show: bool = False) -> bool:
    """Run a command; tell whether it succeeded, with its words on the screen only when asked."""
    sink = None if show else subprocess.DEVNULL
    return (
        subprocess.run(command, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL).returncode == 0
    )


def missing_libraries() -> list[str]:
    missing = []
    for library, package in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    missing += [package for file, package in DATA_FILES.items() if not Path(file).exists()]
    return missing


def missing_programs() -> list[str]:
    chromium = os.environ.get("CHROMIUM", "")
    return [
        package
        for program, package in TEST_PROGRAMS.items()
        if not shutil.which(program) and not (program == "chromium" and chromium)
    ]


def make_environment(python: str) -> None:
    """The virtual environment, made anew when its own Python is gone or too old."""
    inside = VENV / "bin" / "python"
    alive = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    if inside.exists() and quiet([str(inside), "-c", alive]):
        return
    if not quiet([python, "-c", "import venv, ensurepip"]):
        version = subprocess.check_output(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        )
        install_system([f"python{version.decode().strip()}-venv"])
    say("making the virtual environment .venv")
    if VENV.is_symlink():
        stop(".venv is a link to an environment that does not work; remove it and start again")
    shutil.rmtree(str(VENV), ignore_errors=True)
    run(python, "-m", "venv", str(VENV))


def install_packages(kind: str) -> None:
    """The pinned packages, every file checked against its hash; nothing when they are there."""
    files = ["runtime", "development"] if kind == "development" else ["runtime"]
    wanted = {
        name: hashlib.sha256((HERE / "requirements" / (name + ".txt")).read_bytes()).hexdigest()
        for name in files
    }
    if all(stamp(name).exists() and stamp(name).read_text() == wanted[name] for name in files):
        return
    say(f"installing the pinned packages ({kind})")
    run(
        str(VENV / "bin" / "python"),
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--require-hashes", "-r", str(HERE / "requirements" / (kind + ".txt"))),
    )
    for name in files:
        stamp(name).write_text(wanted[name])


def stamp(name: str) -> Path:
    return VENV / (".installed-" + name)


def main(kind: str) -> None:
    if kind not in ("runtime", "development"):
        stop("usage: bootstrap.py runtime|development")
    python = find_python()
    missing = missing_libraries() + (missing_programs() if kind == "development" else [])
    if missing:
        install_system(missing)
    make_environment(python)
    install_packages(kind)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
