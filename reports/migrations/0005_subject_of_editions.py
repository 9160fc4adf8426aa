from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_quarterly_editions"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fiscal_year', None), ('programme__isnull', False), ('quarter', None), ('region__isnull', False)), models.Q(('fiscal_year__isnull', False), ('programme', None), ('quarter__gte', 1), ('quarter__lte', 4)), _connector='OR'), name='reports_edition_subject_whole', violation_error_message='รายงานต้องเป็นของโครงการหลักในภาคหนึ่ง หรือของไตรมาสหนึ่ง อย่างใดอย่างหนึ่ง'),
        ),
    ]
