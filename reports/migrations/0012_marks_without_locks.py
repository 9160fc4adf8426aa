from importlib import import_module

from django.db import migrations

# The function asked for its locks again and again without waiting, so that it never came to its
# turn while the database cleaned one of those tables; who is saving is asked without a lock now.
before = import_module("reports.migrations.0008_history_marks")


class Migration(migrations.Migration):
    dependencies = [("reports", "0011_comparison")]
    operations = [migrations.RunSQL(before.GO, before.MAKE)]
