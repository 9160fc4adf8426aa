"""Recovery to a moment (PITR), done by the steps of docs/deploy.md on the server of the drill."""

from __future__ import annotations

import os
import time
from pathlib import Path

from codi.embedded import ensure, stop
from codi.embedded.placement import Placement, place
from tests.backup.conftest import asking, owned, program


def test_the_tables_of_a_moment_come_back(cluster: Path):
    """Wrong if the documented way lost a row from before the moment or kept one from after it."""
    placement, socket = place(cluster), ensure(cluster)
    with asking(socket) as ask:
        archives = ask("SHOW archive_mode")
    if archives == "off":
        stop(cluster)
        socket = ensure(cluster)
    base, archive = owned(placement, "base"), placement.base / "archive"
    with asking(socket) as ask:
        ask("CREATE TABLE mark (at timestamptz PRIMARY KEY)")
        program(
            placement, "pg_basebackup", "-h", str(socket), "-U", "codi_owner", "-D", str(base),
            "-X", "none", "-c", "fast", "--no-manifest", "--no-sync",
        )  # fmt: skip
        for _ in range(10):
            ask("INSERT INTO mark VALUES (clock_timestamp())")
            time.sleep(0.05)
        moment = ask("SELECT clock_timestamp()")
        for _ in range(10):
            time.sleep(0.05)
            ask("INSERT INTO mark VALUES (clock_timestamp())")
        before = ask("SELECT array_agg(at ORDER BY at) FROM mark WHERE at <= %s", moment)
        ask("DROP TABLE mark")
        last = ask("SELECT pg_walfile_name(pg_switch_wal())")
    while not (archive / last).exists():
        time.sleep(0.02)
    recovered(placement, base, archive, moment.isoformat())
    with asking(base) as ask:
        deadline = time.monotonic() + 10
        while ask("SELECT pg_is_in_recovery()") and time.monotonic() < deadline:
            time.sleep(0.02)
        assert ask("SELECT array_agg(at ORDER BY at) FROM mark") == before
        ask("INSERT INTO mark VALUES (now())")  # it is a server like any other again
    program(placement, "pg_ctl", "-D", str(base), "-m", "immediate", "stop")
    assert len(before) == 10


def recovered(placement: Placement, base: Path, archive: Path, moment: str) -> None:
    """Start the copy of the server, which reads the archive up to the moment."""
    signal = base / "recovery.signal"
    signal.touch()
    os.chown(signal, placement.account.pw_uid, placement.account.pw_gid)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(base),
        "archive_mode": "off",
        "max_connections": "200",  # recovery asks for no less than the server had
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": moment,
        "recovery_target_action": "promote",
    }
    with (base / "postgresql.auto.conf").open("a") as stream:
        stream.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    program(placement, "pg_ctl", "-D", str(base), "-w", "-l", str(base / "log"), "start")
