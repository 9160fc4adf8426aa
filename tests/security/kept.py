"""The country, built once per process and brought back from its rows and files after that."""

from __future__ import annotations

import io
import pickle
import shutil
import tempfile
from pathlib import Path

from django.db import connection, transaction

from tests.emptying import every_table, filled_tables
from tests.security.country import build_country
from tests.security.place import Country


class KeptCountry:
    """What building made: the rows of every table that was empty before, the files, the names.

    The services that build it take seconds; copying their rows takes a tenth of one. The numbers of
    rows given out later are higher, because sequences go on.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="codi-country-")
        self.media = Path(self._folder.name) / "media"
        self._files = Path(self._folder.name) / "files"
        self._rows: dict[str, bytes] = {}
        self._country = b""

    def bring(self) -> Country:
        """The country in the database as it is now, its files in ``media``."""
        if self._country:
            self._bring_back()
        else:
            self._build()
        found: Country = pickle.loads(self._country)
        return found

    def _build(self) -> None:
        self.media.mkdir()
        with connection.cursor() as cursor:
            empty = set(every_table()).difference(filled_tables(cursor))
            self._country = pickle.dumps(build_country(self.media))
            for table in empty.intersection(filled_tables(cursor)):
                rows = io.BytesIO()
                cursor.copy_expert(f"COPY {table} TO STDOUT", rows)
                self._rows[table] = rows.getvalue()
        shutil.copytree(self.media, self._files)

    def _bring_back(self) -> None:
        shutil.rmtree(self.media)
        shutil.copytree(self._files, self.media)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table, rows in self._rows.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(rows))
            cursor.execute("SET LOCAL session_replication_role = origin")


KEPT = KeptCountry()
