"""The scope in which a job was asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("jobs", "0003_worker_sign")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="scope",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=40,
                verbose_name="ขอบเขตของผู้สั่งเมื่อสั่งงาน",
            ),
        ),
    ]
