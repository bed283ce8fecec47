"""What a question costs the database when it comes in: fewer indexes, and a count of the new ones only.

A reception dealt as many numbers as it has questions. That was counted anew at every commit, over all
of the reception's questions. Now the numbers dealt since are counted: numbers are unique, start at 1,
stay with their question, and questions are never deleted, so what was right stays right. Where fewer
numbers are claimed than before, everything is counted as it was.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


_COUNT_NEW = """
CREATE OR REPLACE FUNCTION streams_all_accounted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    known integer := 0;
    wanted integer;
    found integer;
BEGIN
    -- At the commit: what the row says now, not what it said when the trigger was queued.
    SELECT last_number INTO wanted FROM streams_reception WHERE id = NEW.id;
    -- Up to OLD.last_number it was looked at when that was written.
    IF wanted > OLD.last_number THEN known := OLD.last_number; END IF;
    SELECT count(*) INTO found FROM streams_question
        WHERE reception_id = NEW.id AND number > known;
    IF found <> wanted - known THEN
        RAISE EXCEPTION 'reception % dealt % numbers and has % questions',
            NEW.id, wanted, known + found USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""
_COUNT_ALL = """
CREATE OR REPLACE FUNCTION streams_all_accounted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted integer;
    found integer;
BEGIN
    -- At the commit: what the row says now, not what it said when the trigger was queued.
    SELECT last_number INTO wanted FROM streams_reception WHERE id = NEW.id;
    SELECT count(*) INTO found FROM streams_question WHERE reception_id = NEW.id;
    IF found <> wanted THEN
        RAISE EXCEPTION 'reception % dealt % numbers and has % questions', NEW.id, wanted, found
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('streams', '0004_sources'),
    ]

    operations = [
        migrations.RunSQL(_COUNT_NEW, _COUNT_ALL),
        migrations.AlterField(
            model_name='entry',
            name='by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='entry',
            name='reception',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='streams.reception'),
        ),
        migrations.AlterField(
            model_name='question',
            name='district',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='streams.unit'),
        ),
        migrations.AlterField(
            model_name='question',
            name='merged_into',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='streams.question'),
        ),
        migrations.AlterField(
            model_name='question',
            name='proposed_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='question',
            name='reception',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='streams.reception'),
        ),
        migrations.AlterField(
            model_name='question',
            name='secret_hash',
            field=models.CharField(max_length=64),
        ),
        migrations.AlterField(
            model_name='textversion',
            name='by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='textversion',
            name='question',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='text_versions', to='streams.question'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('by__isnull', False)), fields=['by'], name='entry_by'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('district__isnull', False)), fields=['district'], name='question_by_district'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='question_by_target'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('proposed_by__isnull', False)), fields=['proposed_by'], name='question_by_proposer'),
        ),
        migrations.AddIndex(
            model_name='textversion',
            index=models.Index(condition=models.Q(('by__isnull', False)), fields=['by'], name='text_version_by'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('secret_hash',), name='question_secret_once'),
        ),
    ]
