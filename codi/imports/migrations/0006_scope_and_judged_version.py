"""The scope in which a file was sent, and the version of the columns that judged it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("imports", "0005_batch_rules_valid")]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="scope",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=40,
                verbose_name="ขอบเขตของผู้ส่งเมื่อส่งไฟล์",
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="judged_version",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=16,
                verbose_name="รุ่นของคอลัมน์ที่ใช้ตรวจ",
            ),
        ),
    ]
