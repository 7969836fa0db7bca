from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0014_search_within_reach")]

    operations = [
        migrations.AddField(
            "attachment", "removed_at", models.DateTimeField(editable=False, null=True)
        )
    ]
