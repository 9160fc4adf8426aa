"""A frame is locked when what a project takes of it moves, not at every change of the project."""

from django.db import migrations

from finance.triggers import EVERY_PROJECT_CHANGE, PROJECT_CHANGE


class Migration(migrations.Migration):
    dependencies = [("finance", "0010_evidence")]

    operations = [migrations.RunSQL(PROJECT_CHANGE, EVERY_PROJECT_CHANGE)]
