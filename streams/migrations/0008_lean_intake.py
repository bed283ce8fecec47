"""What a question costs the database when it comes in: fewer indexes, and a count of the new ones only.

A reception dealt as many numbers as it has questions. That was counted anew at every commit, over all
of the reception's questions. Now the numbers dealt since are counted: numbers are unique, start at 1,
stay with their question, and questions are never deleted, so what was right stays right. Where fewer
numbers are claimed than before, everything is counted as it was.

The links of the chain are checked once for each statement: among its own rows by their order, and the
first by a look at the one before. EXECUTE plans that look anew: a plan kept from when the table was
empty reads the whole journal for every batch.
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
    EXECUTE 'SELECT count(*) FROM streams_question WHERE reception_id = $1 AND number > $2'
        INTO found USING NEW.id, known;
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
_CHAINED_ONCE = """
DROP TRIGGER entry_chained ON streams_entry;
CREATE OR REPLACE FUNCTION streams_entry_chained() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link record;
    before text;
BEGIN
    FOR link IN
        SELECT reception_id, seq, prev_hash,
            lag(seq) OVER journal AS seq_before, lag(hash) OVER journal AS hash_before
        FROM added WINDOW journal AS (PARTITION BY reception_id ORDER BY seq)
    LOOP
        IF link.seq_before = link.seq - 1 THEN
            before := link.hash_before;
        ELSIF link.seq = 1 THEN
            before := repeat('0', 64);
        ELSE
            EXECUTE 'SELECT hash FROM streams_entry WHERE reception_id = $1 AND seq = $2'
                INTO before USING link.reception_id, link.seq - 1;
        END IF;
        IF before IS DISTINCT FROM link.prev_hash THEN
            RAISE EXCEPTION 'entry % of reception % does not follow the one before',
                link.seq, link.reception_id USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_chained AFTER INSERT ON streams_entry
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION streams_entry_chained();
"""
_CHAINED_EACH = """
DROP TRIGGER entry_chained ON streams_entry;
CREATE OR REPLACE FUNCTION streams_entry_chained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq = 1 THEN
        IF NEW.prev_hash = repeat('0', 64) THEN RETURN NULL; END IF;
    ELSIF EXISTS (
        SELECT FROM streams_entry
        WHERE reception_id = NEW.reception_id AND seq = NEW.seq - 1 AND hash = NEW.prev_hash
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'entry % of reception % does not follow the one before', NEW.seq, NEW.reception_id
        USING ERRCODE = 'check_violation';
END $$;
CREATE CONSTRAINT TRIGGER entry_chained AFTER INSERT ON streams_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION streams_entry_chained();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('streams', '0007_overlay'),
    ]

    operations = [
        migrations.RunSQL(_COUNT_NEW, _COUNT_ALL),
        migrations.RunSQL(_CHAINED_ONCE, _CHAINED_EACH),
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
