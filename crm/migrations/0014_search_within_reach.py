import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0013_import_amounts")]

    operations = [
        # Entries without their owners would be found by nobody. They are written anew at the end
        # of the migration, as into an index that never was.
        migrations.RunSQL("TRUNCATE crm_searchentry", migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="searchentry", name="search_tokens"),
        migrations.AddField(
            model_name="searchentry",
            name="owners",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["tokens", "owners"], name="search_within"
            ),
        ),
    ]
