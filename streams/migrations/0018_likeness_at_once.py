"""What a question is compared by is in the index as soon as it is written.

An index of this kind puts new rows on a list first and sorts them in later. A look reads that list as well,
and where it is long PostgreSQL reads the whole table instead.
"""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("streams", "0017_lighter_arrivals")]
    operations = [
        migrations.RemoveIndex(model_name="likeness", name="likeness_terms"),
        migrations.AddIndex(
            model_name="likeness",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["terms"], name="likeness_terms"
            ),
        ),
    ]
