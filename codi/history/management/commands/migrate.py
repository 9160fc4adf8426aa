"""Django's ``migrate``, after which the application's role has its rights on the new tables."""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from codi.history.roles import seal_triggers


class Command(Migrate):
    """``manage.py migrate``: a new table must not wait for someone to think of the grants."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then grant; where one role does everything, say that nothing is protected."""
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        seal_triggers(connections[options["database"]])
        try:
            call_command("grant_app_role", stdout=self.stdout, verbosity=options["verbosity"])
        except CommandError as error:
            self.stderr.write(f"history is not protected: {error}")
