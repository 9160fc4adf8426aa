"""``python -m bench.load [--officers 50] [--seconds 300] [--pause 10]``: start, load, count.

Each officer does something every ``pause`` seconds in the mean. An account of what was saved is
kept by locust and looked up in the database afterwards.

Everything is on 127.0.0.1, in a database and folders of its own, and ends by itself. Prints
Markdown for docs/benchmarks.md; the status is 1 when an answer was an error, when anything that was
acknowledged is not there exactly once, or when the 95th percentile of saves is 500 ms or more.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

PORT = 8748
BAR_MS = 500
HERE = Path(__file__).resolve().parent


def start(folder: Path, *words: str, role: str = "app") -> subprocess.Popen[bytes]:
    """A process of the product, with the settings of the load test."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.load.settings",
        "LOAD_FOLDER": str(folder),
        "CODI_DATABASE_ROLE": role,
    }
    log = (folder / "log").open("ab")
    return subprocess.Popen([sys.executable, "-m", *words], env=environment, stdout=log, stderr=log)


def finish(folder: Path, *words: str, role: str = "app") -> None:
    """Run a part to its end; stops with the log when it fails."""
    if start(folder, *words, role=role).wait():
        sys.exit((folder / "log").read_text()[-3000:])


def load(folder: Path, options: argparse.Namespace, programme: str, password: str) -> Path:
    """Let locust do its work; returns the start of the names of its tables."""
    host = f"http://127.0.0.1:{PORT}"
    environment = {
        **os.environ,
        "LOAD_PASSWORD": password,
        "LOAD_PROGRAMME": programme,
        "LOAD_PAUSE_S": str(options.pause),
        "LOAD_ACKNOWLEDGED": str(folder / "acknowledged.json"),
    }
    command = (
        *("locust", "-f", str(HERE / "officer.py"), "--headless", "--only-summary"),
        *(
            "-u",
            str(options.officers + 1),
            "-r",
            "5",
            "-t",
            f"{options.seconds}s",
            "--stop-timeout",
            "30",
        ),
        *("--host", host, "--csv", str(folder / "locust")),
    )
    with (folder / "locust.log").open("wb") as log:
        subprocess.run([sys.executable, "-m", *command], env=environment, stdout=log, stderr=log)
    return folder / "locust"


def wait_until_ready() -> None:
    """Wait for the first answer."""
    for _ in range(150):
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/ready", timeout=5).read()
            return
        time.sleep(0.2)
    sys.exit("the web server does not answer")


def table(stem: Path) -> tuple[int, float]:
    """Print the table; returns failures and the highest 95th percentile of saves in ms."""
    worst, failures = 0.0, 0
    print("| act | requests | errors | median ms | 95 % ms | slowest ms |")
    print("|---|---|---|---|---|---|")
    with Path(f"{stem}_stats.csv").open() as file:
        for row in csv.DictReader(file):
            failures = int(row["Failure Count"])  # the last row is the sum of all
            cells = (
                row["Name"], row["Request Count"], row["Failure Count"],
                row["50%"], row["95%"], round(float(row["Max Response Time"])),
            )  # fmt: skip
            print("| " + " | ".join(str(cell) for cell in cells) + " |")
            if row["Name"].startswith("save:") and row["Name"] != "save: new report":
                worst = max(worst, float(row["95%"]))
    return failures, worst


def main() -> int:
    """Prepare, load, stop, count."""
    given = argparse.ArgumentParser()
    given.add_argument("--officers", type=int, default=50)
    given.add_argument("--seconds", type=int, default=300)
    given.add_argument("--pause", type=float, default=10.0)
    options = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="codi-load-") as name:
        folder = Path(name)
        for place in ("messages", "control", "media"):
            (folder / place).mkdir()
        finish(folder, "bench.load.prepare", str(options.officers), role="owner")
        facts = json.loads((folder / "facts.json").read_text())
        web = ("codi.wsgi", "--bind", f"127.0.0.1:{PORT}", "--workers", "2", "--threads", "4")
        parts = [
            start(folder, "gunicorn", *web, "--log-level", "warning"),
            start(
                folder, "celery", "-q", "-A", "codi", "worker", "-c", "1", "--loglevel", "WARNING"
            ),
        ]
        try:
            wait_until_ready()
            stem = load(folder, options, **facts)
        finally:
            for process in parts:
                process.terminate()
            for process in parts:
                process.wait(60)
        finish(folder, "bench.load.count")
        failures, worst = table(stem)
        counted = json.loads((folder / "counted.json").read_text())
    print()
    for what, (acknowledged, lost, doubled) in counted.items():
        print(f"{what}: {acknowledged} acknowledged, {lost} lost, {doubled} doubled")
    broken = sum(lost + doubled for _all, lost, doubled in counted.values())
    print(f"errors {failures}, 95 % of saves below {worst:.0f} ms (bar {BAR_MS})")
    if not all(acknowledged for acknowledged, _lost, _doubled in counted.values()):
        print("not every kind of save happened: this run says nothing")
        return 1
    return 1 if failures or broken or worst >= BAR_MS else 0


if __name__ == "__main__":
    sys.exit(main())
