"""Move the rows of earlier previews from their JSON into the table of rows."""

from django.db import migrations


def move(apps, schema_editor):
    """One batch at a time; its notes stay where they are."""
    batch_model = apps.get_model("imports", "ImportBatch")
    row_model = apps.get_model("imports", "ImportRow")
    for batch in batch_model.objects.filter(preview__has_key="rows").iterator(chunk_size=20):
        row_model.objects.bulk_create(
            [
                row_model(
                    batch=batch,
                    number=row["number"],
                    status=row["status"],
                    label=row["label"][:500],
                    changes={one["column"]: [one["old"], one["new"]] for one in row["changes"]},
                    errors=[[one["column"], one["message"]] for one in row["errors"]],
                    raw=row["raw"],
                )
                for row in batch.preview["rows"]
            ],
            batch_size=1000,
        )
        batch_model.objects.filter(pk=batch.pk).update(
            preview={"notes": batch.preview.get("notes", [])}
        )


class Migration(migrations.Migration):

    dependencies = [("imports", "0003_staged_rows_and_undo")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
