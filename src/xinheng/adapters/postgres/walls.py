"""The SQL of a wall (row-level security, P11, ADR 0045), for migrations. What is here is history: it does not change."""

from collections.abc import Mapping
from typing import Final

OF_AN_ORGAN: Final = "organ_code = ANY ((SELECT string_to_array(current_setting('xinheng.reach', true), ','))::text[])"
"""A row names its organ, and the session reaches it."""
WALLED: Final[set[str]] = set()
"""Every table that a migration put walls around; complete once all migrations are loaded (``xinheng doctor`` asks)."""
_EVERYTHING: Final = "(SELECT current_setting('xinheng.reach', true)) = '*'"


def hanging_on(table: str, *, by: str) -> str:
    """Return when a row is in reach that hangs on a row of another walled table: when that one is."""
    return f"EXISTS (SELECT FROM {table} t WHERE t.id = {by})"


def wall(within: Mapping[str, str]) -> tuple[str, str]:
    """Return the SQL that puts walls around tables (name → when a row is in reach), and the SQL that takes them away.

    The setting ``xinheng.reach`` names whose rows a session may touch; without it there are none. The owner, who migrates and
    owns the views for the public, has a policy of its own, because FORCE holds it to policies too.
    """
    WALLED.update(within)
    up = "".join(
        f"""
CREATE POLICY within_reach ON {table} TO xinheng_app
    USING ({_EVERYTHING} OR {when}) WITH CHECK ({_EVERYTHING} OR {when});
CREATE POLICY for_the_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"""
        for table, when in within.items()
    )
    down = "".join(
        f"""
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
DROP POLICY within_reach ON {table};
DROP POLICY for_the_owner ON {table};"""
        for table in reversed(list(within))
    )
    return up, down
