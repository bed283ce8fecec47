"""What a question costs the database when it comes in, once more.

The two indexes for search hold what has been decided on: a decision writes the row anew anyway, with all
its indexes, so what only came in need not be in them.

A reception that began after the last ANALYZE is none that the statistics know of: PostgreSQL believes that
it has one question, so any index that begins with the reception looks as good as the right one, and each
batch reads all of the reception. Without statistics of that column it takes an even share instead, which
leads it to the right index from the first question on.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models

# Setting a column's type, even to what it is, forgets what was counted before.
_FORGET = "ALTER TABLE {0} ALTER COLUMN reception_id TYPE bigint, ALTER COLUMN reception_id SET STATISTICS 0"
_COUNT = "ALTER TABLE {0} ALTER COLUMN reception_id SET STATISTICS -1"


class Migration(migrations.Migration):
    dependencies = [("streams", "0016_indexes_of_the_window")]
    operations = [
        *(
            migrations.RunSQL(_FORGET.format(table), _COUNT.format(table))
            for table in ("streams_question", "streams_entry")
        ),
        migrations.RemoveIndex(model_name="question", name="question_search"),
        migrations.RemoveIndex(model_name="question", name="question_trigrams"),
        migrations.AddIndex(
            model_name="question",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("search_vector__isnull", False)),
                fields=["search_vector"],
                name="question_search",
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("search_vector__isnull", False)),
                fields=["search_text"],
                name="question_trigrams",
                opclasses=("gin_trgm_ops",),
            ),
        ),
    ]
