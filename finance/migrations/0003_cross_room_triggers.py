"""The money rules that stand on tables of ``programs``: see ``finance.triggers``."""

from django.db import migrations

from finance.triggers import CROSS_ROOM, DROP_CROSS_ROOM


class Migration(migrations.Migration):
    dependencies = [("finance", "0002_initial")]

    operations = [migrations.RunSQL(CROSS_ROOM, DROP_CROSS_ROOM)]
