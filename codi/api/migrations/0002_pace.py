"""The counts of the API's measures, shared by all processes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Pace",
            fields=[
                (
                    "name",
                    models.CharField(
                        max_length=100,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ผู้เรียกและชนิดของคำขอ",
                    ),
                ),
                ("whole_at", models.DateTimeField(verbose_name="เรียกได้เต็มจำนวนอีกครั้งเมื่อ")),
            ],
            options={"verbose_name": "จังหวะการเรียก API"},
        ),
        # The table is empty and new: nobody waits for this.
        migrations.RunSQL(
            "ALTER TABLE api_pace SET UNLOGGED", "ALTER TABLE api_pace SET LOGGED"
        ),
    ]
