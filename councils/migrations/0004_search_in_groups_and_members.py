"""Trigram indexes behind the searches of groups and members, built beside the running product."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("councils", "0003_whole_ends_and_revocations")]

    operations = [
        AddIndexConcurrently(
            model_name="communitygroup",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_key"], name="councils_group_search", opclasses=["gin_trgm_ops"]
            ),
        ),
        AddIndexConcurrently(
            model_name="member",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("name"), name="gin_trgm_ops"
                ),
                name="councils_member_search",
            ),
        ),
    ]
