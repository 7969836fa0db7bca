from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0005_notifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "comment", "edited_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "comment", "removed_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "comment",
            "mentions",
            models.ManyToManyField(editable=False, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
    ]
