"""What the database itself refuses, whoever asks: rewriting history and losing a question.

- Journal entries, steps of control and versions of texts are never changed, deleted or truncated.
- Questions are never deleted; their identity and words stand (the words may only be erased to '').
- The journal is gapless and chained; a reception has as many questions as it has dealt numbers.
"""

from django.db import migrations

_APPEND_ONLY = ("streams_entry", "streams_controlstep", "streams_textversion")

_FUNCTIONS = """
CREATE FUNCTION streams_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the record is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION streams_question_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reception_id <> OLD.reception_id OR NEW.number <> OLD.number
       OR NEW.client_id <> OLD.client_id OR NEW.received_at <> OLD.received_at
       OR (NEW.original_text <> OLD.original_text AND NEW.original_text <> '') THEN
        RAISE EXCEPTION 'question % keeps its number, time and original text', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION streams_entry_chained() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION streams_all_accounted() RETURNS trigger LANGUAGE plpgsql AS $$
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

_DROP_FUNCTIONS = """
DROP FUNCTION streams_refuse() CASCADE;
DROP FUNCTION streams_question_stands() CASCADE;
DROP FUNCTION streams_entry_chained() CASCADE;
DROP FUNCTION streams_all_accounted() CASCADE;
"""

_TRIGGERS = """
CREATE TRIGGER question_kept BEFORE DELETE ON streams_question
    FOR EACH ROW EXECUTE FUNCTION streams_refuse();
CREATE TRIGGER question_not_truncated BEFORE TRUNCATE ON streams_question
    FOR EACH STATEMENT EXECUTE FUNCTION streams_refuse();
CREATE TRIGGER question_stands BEFORE UPDATE ON streams_question
    FOR EACH ROW EXECUTE FUNCTION streams_question_stands();
CREATE CONSTRAINT TRIGGER entry_chained AFTER INSERT ON streams_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION streams_entry_chained();
-- The count is by statement of the reception's row, not by question: a batch is counted once.
CREATE CONSTRAINT TRIGGER reception_accounted AFTER UPDATE OF last_number ON streams_reception
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.last_number IS DISTINCT FROM NEW.last_number)
    EXECUTE FUNCTION streams_all_accounted();
CREATE CONSTRAINT TRIGGER question_accounted AFTER INSERT ON streams_question
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION streams_number_dealt();
"""

_NUMBER_DEALT = """
CREATE FUNCTION streams_number_dealt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM streams_reception WHERE id = NEW.reception_id AND last_number >= NEW.number
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'question number % was not dealt by its reception', NEW.number
        USING ERRCODE = 'check_violation';
END $$;
"""


def _append_only(table: str) -> str:
    return f"""
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION streams_refuse();
CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION streams_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("streams", "0001_initial")]
    operations = [
        migrations.RunSQL(
            _FUNCTIONS + _NUMBER_DEALT,
            _DROP_FUNCTIONS + "DROP FUNCTION streams_number_dealt() CASCADE;",
        ),
        # The triggers go with their functions.
        migrations.RunSQL(
            "".join(_append_only(table) for table in _APPEND_ONLY) + _TRIGGERS, migrations.RunSQL.noop
        ),
    ]
