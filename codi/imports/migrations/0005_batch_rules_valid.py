"""Validate the rules that the table of files got while it was in use."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("imports", "0004_rows_of_earlier_previews")]

    operations = [
        ValidateConstraint(model_name="importbatch", name="imports_batch_state_known"),
        ValidateConstraint(model_name="importbatch", name="imports_batch_confirmed_complete"),
        ValidateConstraint(model_name="importbatch", name="imports_batch_undo_complete"),
    ]
