"""An approval that waited for its frame while somebody took it away is refused."""

from django.db import migrations

from finance.triggers import FRAME_FUNCTION, FRAMES_STAY


class Migration(migrations.Migration):
    dependencies = [("finance", "0011_frames_wait_for_amounts_only")]

    operations = [migrations.RunSQL(FRAMES_STAY, FRAME_FUNCTION)]
