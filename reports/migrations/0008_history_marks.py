from django.db import migrations

# The application may only read and add to the tables of history, so that it cannot lock them: this
# function does it in the name of their owner, for the moment in which it reads their last keys.
MAKE = """
CREATE FUNCTION reports_history_marks(tables text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
DECLARE
    marks jsonb := '{}';
    one text;
    last_key bigint;
    attempts integer := 0;
BEGIN
    IF EXISTS (SELECT 1 FROM unnest(tables) AS name WHERE name !~ '^[a-z0-9_]+event$') THEN
        RAISE EXCEPTION 'only tables of history have marks';
    END IF;
    LOOP
        BEGIN
            EXECUTE (SELECT format('LOCK TABLE %s IN SHARE MODE NOWAIT',
                                   string_agg(format('%I', name), ', ' ORDER BY name))
                       FROM unnest(tables) AS name);
            FOREACH one IN ARRAY tables LOOP
                EXECUTE format('SELECT coalesce(max(pgh_id), 0) FROM %I', one) INTO last_key;
                marks := marks || jsonb_build_object(one, last_key);
            END LOOP;
            -- Undoing the block lets the locks go; what was read stays in its variable.
            RAISE EXCEPTION USING ERRCODE = 'CODI1';
        EXCEPTION
            WHEN SQLSTATE 'CODI1' THEN
                RETURN marks;
            WHEN lock_not_available THEN
                attempts := attempts + 1;
                IF attempts > 60 THEN
                    RAISE;
                END IF;
                PERFORM pg_sleep(0.05);
        END;
    END LOOP;
END
$body$
"""
GO = "DROP FUNCTION reports_history_marks(text[])"


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_closing_quarters")]
    operations = [migrations.RunSQL(MAKE, GO)]
