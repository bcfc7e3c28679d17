"""The tables of a release fit the code of the release before it: nothing goes, or is asked for, that it does not know.

The rule (docs/operations.md, Upgrade): what is no longer used goes in two releases. The first stops using it; the second takes it
away, in a migration that says ``SECOND_STEP_OF = "app.0007_name"``, the migration from which on it was not used any more.
"""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

BEFORE_THE_RULE = frozenset({"intake.0006_amendments", "intake.0007_carried_decisions"})
"""Made before the first release and before this rule; no deployment has an older one."""
_GONE = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
_SQL = re.compile(r"\bDROP\s+(TABLE|COLUMN|VIEW)\b|\bRENAME\s+(TO|COLUMN)\b|\bSET\s+NOT\s+NULL\b", re.IGNORECASE)


def offences(operations, module):
    """Return in words what the code of the release before could trip over."""
    if getattr(module, "SECOND_STEP_OF", ""):
        return []
    told = []
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            told += offences(operation.database_operations, module)
        elif isinstance(operation, _GONE):
            told.append(f"{operation.describe()}: goes in a second step")
        elif isinstance(operation, migrations.AddField):
            field = operation.field
            if not (field.null or field.has_db_default() or field.many_to_many):
                told.append(f"{operation.describe()}: the code before does not fill it: null=True or db_default")
        elif isinstance(operation, migrations.RunSQL) and _SQL.search(_forward(operation.sql)):
            told.append(f"{_SQL.search(_forward(operation.sql))[0]} in SQL: goes in a second step")
    return told


def _forward(sql):
    parts = sql if isinstance(sql, (list, tuple)) else [sql]
    text = "\n".join(part if isinstance(part, str) else part[0] for part in parts)
    # What a function does when it is called is another matter: its body stands between dollar signs.
    return re.sub(r"\$(\w*)\$.*?\$\1\$", "", text, flags=re.DOTALL)


def _ours():
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        module = import_module(type(migration).__module__)
        if module.__name__.startswith("xinheng."):
            yield f"{app}.{name}", migration, module


def test_nothing_goes_that_the_release_before_uses():
    wrong = {}
    for name, migration, module in _ours():
        if not migration.initial and name not in BEFORE_THE_RULE and (found := offences(migration.operations, module)):
            wrong[name] = found
    assert wrong == {}


def test_a_second_step_names_an_earlier_migration_of_its_app():
    names = {name for name, *_ in _ours()}
    for name, _, module in _ours():
        first = getattr(module, "SECOND_STEP_OF", "")
        assert not first or (first in names and first.split(".")[0] == name.split(".")[0] and first < name), name


def test_the_exceptions_are_there_still():
    assert {name for name, *_ in _ours()} >= BEFORE_THE_RULE


@pytest.mark.parametrize(
    ("operation", "is_wrong"),
    [
        (migrations.RemoveField("submission", "note"), True),
        (migrations.RenameField("submission", "note", "remark"), True),
        (migrations.DeleteModel("Submission"), True),
        (migrations.AddField("submission", "note", models.TextField(default="")), True),
        (migrations.AddField("submission", "note", models.TextField(db_default="")), False),
        (migrations.AddField("submission", "note", models.TextField(null=True)), False),
        (migrations.RunSQL("ALTER TABLE intake_submission DROP COLUMN note"), True),
        (migrations.RunSQL("ALTER TABLE t ALTER c SET NOT NULL; SELECT 1"), True),
        (migrations.RunSQL("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DROP TABLE t $$"), False),
        (migrations.RunSQL("CREATE VIEW v AS SELECT 1", "DROP VIEW v"), False),
        (migrations.SeparateDatabaseAndState(database_operations=[migrations.DeleteModel("Submission")]), True),
    ],
)
def test_the_rule_sees_what_it_is_about(operation, is_wrong):
    assert bool(offences([operation], SimpleNamespace())) is is_wrong
    assert offences([operation], SimpleNamespace(SECOND_STEP_OF="intake.0007_unused")) == []
