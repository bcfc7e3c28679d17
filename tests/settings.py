"""Settings of the test run: the embedded server with a data folder of its own, unsafe and fast."""

import os

os.environ.setdefault("XINHENG_PG", "wheel")
if "XINHENG_TEST_VAR" in os.environ:
    os.environ["XINHENG_VAR"] = os.environ["XINHENG_TEST_VAR"]
else:
    from pathlib import Path

    os.environ["XINHENG_VAR"] = str(Path(__file__).resolve().parents[1] / "var" / "test")
os.environ.pop("DATABASE_URL", None)

from xinheng.config.settings import *  # noqa: F403 - the environment above must be set first
from xinheng.config.settings import EMBEDDED_SERVER, XINHENG_VAR

assert EMBEDDED_SERVER is not None
EMBEDDED_SERVER.fast_and_unsafe = True
XINHENG_TEST_HOME = XINHENG_VAR
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - nothing is collected in tests; whitenoise warns of a missing folder
# No bound on statements: the live server of one test would set it for all tests after it in the process.
XINHENG_STATEMENT_SECONDS = 0
# A test run is one address; tests of the limits set their own.
XINHENG_LIMITS = dict.fromkeys(XINHENG_LIMITS, "1000000/s")  # noqa: F405 - the line above brings it
# The same scheme at a cost that a test can pay; ``tests/integration/accounts`` looks at the real setting.
PASSWORD_HASHERS = ["tests.factories.hashing.QuickArgon2"]
