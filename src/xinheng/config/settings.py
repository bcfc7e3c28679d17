"""Django settings; everything a deployment changes comes from the environment (docs/operations.md lists it)."""

import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from xinheng.adapters.postgres.roles import AUDITOR_ROLE, BACKUP_ROLE, NARROW, PUBLIC_ROLE
from xinheng.adapters.postgres.supervisor import APP_ROLE, DATABASE, OWNER_ROLE, RETENTION_ROLE, Server
from xinheng.audit.domain import LEGAL_MONTHS

env = environ.Env()

PROJECT = Path(__file__).resolve().parents[3]
XINHENG_VAR = Path(env.str("XINHENG_VAR", default=str(PROJECT / "var"))).absolute()
XINHENG_CATALOGUE_DIR = Path(env.str("XINHENG_CATALOGUE_DIR", default=str(PROJECT / "catalogue")))
XINHENG_DEMO = env.bool("XINHENG_DEMO", default=False)
XINHENG_PG = env.str("XINHENG_PG", default="auto")
XINHENG_ORIGINAL_RETENTION_DAYS = env.int("XINHENG_ORIGINAL_RETENTION_DAYS", default=90)
XINHENG_PERSON_FIELDS_DAYS = env.int("XINHENG_PERSON_FIELDS_DAYS", default=184)
XINHENG_REPORT_DATA_DAYS = env.int("XINHENG_REPORT_DATA_DAYS", default=1095)
XINHENG_CONTACT_DAYS = env.int("XINHENG_CONTACT_DAYS", default=30)
XINHENG_FONTS = Path(env.str("XINHENG_FONTS", default=str(PROJECT / "build" / "fonts")))
XINHENG_REPORT_P12 = env.str("XINHENG_REPORT_P12", default="")
XINHENG_REPORT_P12_PASSWORD_FILE = env.str("XINHENG_REPORT_P12_PASSWORD_FILE", default="")
XINHENG_REPORT_TSA = env.str("XINHENG_REPORT_TSA", default="")
XINHENG_REPORT_TSA_ROOTS = env.str("XINHENG_REPORT_TSA_ROOTS", default="")
XINHENG_LIMITS = {
    "READ": env.str("XINHENG_READ_LIMIT", default="1200/m"),
    "SEARCH": env.str("XINHENG_SEARCH_LIMIT", default="600/m"),
    "TYPING": env.str("XINHENG_TYPING_LIMIT", default="1200/m"),
    "DOWNLOAD": env.str("XINHENG_DOWNLOAD_LIMIT", default="60/m"),
    "REPORT": env.str("XINHENG_REPORT_LIMIT", default="30/m"),
    "API": env.str("XINHENG_API_LIMIT", default="1200/m"),
    "SIGNING_IN": env.str("XINHENG_TOKEN_LIMIT", default="30/m"),
}
"""What an address may ask for, by kind of request (adapters.limits.Cost); the store of as many fills again evenly."""
XINHENG_PROXIES = env.int("XINHENG_PROXIES", default=0)
XINHENG_METRICS_FROM = env.list("XINHENG_METRICS_FROM", default=["127.0.0.0/8", "::1/128"])
XINHENG_SNAPSHOT_DAYS = env.int("XINHENG_SNAPSHOT_DAYS", default=365)
XINHENG_TRAIL_MONTHS = env.int("XINHENG_TRAIL_MONTHS", default=60)
XINHENG_STATEMENT_SECONDS = env.int("XINHENG_STATEMENT_SECONDS", default=10)
XINHENG_LOG_ORIGIN = env.str("XINHENG_LOG_ORIGIN", default="")
XINHENG_LOG_HOURS = env.int("XINHENG_LOG_HOURS", default=24)
XINHENG_BACKUPS = Path(env.str("XINHENG_BACKUPS", default=str(XINHENG_VAR / "backups")))
XINHENG_BACKUP_RECIPIENTS = Path(env.str("XINHENG_BACKUP_RECIPIENTS", default=str(XINHENG_VAR / "backup-recipients.txt")))
XINHENG_BACKUP_DAYS = env.int("XINHENG_BACKUP_DAYS", default=30)
XINHENG_DOORS = env.str("XINHENG_DOORS", default="all")
XINHENG_SITE_URL = env.str("XINHENG_SITE_URL", default="")
XINHENG_SUBMISSION_PREFIX = env.str("XINHENG_SUBMISSION_PREFIX", default="FJ")

for _name, _days in (
    ("XINHENG_PERSON_FIELDS_DAYS", XINHENG_PERSON_FIELDS_DAYS),
    ("XINHENG_REPORT_DATA_DAYS", XINHENG_REPORT_DATA_DAYS),
):
    if _days < 30:  # the database refuses it too (ADR 0067)
        raise ImproperlyConfigured(f"{_name}: at least 30 days, not {_days}")
if XINHENG_TRAIL_MONTHS < LEGAL_MONTHS:
    raise ImproperlyConfigured(f"XINHENG_TRAIL_MONTHS: at least {LEGAL_MONTHS} months, not {XINHENG_TRAIL_MONTHS}")

DEBUG = env.bool("XINHENG_DEBUG", default=False)
SECRET_KEY = env.str("XINHENG_SECRET_KEY", default="")
if not SECRET_KEY and XINHENG_DOORS == "public":
    SECRET_KEY = secrets.token_urlsafe(50)  # the public doors sign nothing, and so need nobody's key
if not SECRET_KEY:
    from xinheng.config.secret_key import secret_key

    SECRET_KEY = secret_key(XINHENG_VAR / "keys" / "django.key")
ALLOWED_HOSTS = env.list("XINHENG_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "xinheng.audit",
    "xinheng.tlog",
    "xinheng.accounts",
    "xinheng.notices",
    "xinheng.catalogue",
    "xinheng.subjects",
    "xinheng.records",
    "xinheng.intake",
    "xinheng.publicity",
    "xinheng.monitoring",
    "xinheng.exchange",
    "xinheng.reports",
    "xinheng.opendata",
    "xinheng.portal",
    "xinheng.workbench",
    # After the workbench, whose templates dress their pages.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.idp.oidc",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "procrastinate.contrib.django",
]

# What is told to people outside the workbench goes to files unless a deployment says where (ADR 0044).
_MAIL = env.email_url("XINHENG_MAIL_URL", default=f"filemail://{XINHENG_VAR / 'outbox' / 'mail'}")
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = str(XINHENG_VAR / "outbox" / "mail")
EMAIL_HOST, EMAIL_PORT = _MAIL.get("EMAIL_HOST") or "localhost", _MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_USER") or "", _MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_TLS", False), _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("XINHENG_MAIL_FROM", default="xinheng@localhost")
XINHENG_SMS = env.str("XINHENG_SMS", default="file")

# Jobs (ADR 0044). Their modules are imported by whoever defers or runs a job, not at every start.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
PROCRASTINATE_IMPORT_PATHS = [
    "xinheng.adapters.jobs",
    "xinheng.audit.tasks",
    "xinheng.intake.tasks",
    "xinheng.notices.tasks",
    "xinheng.tlog.tasks",
    "xinheng.recheck.tasks",
    "xinheng.monitoring.tasks",
    "xinheng.exchange.tasks",
    "xinheng.retention.tasks",
]

MIDDLEWARE = [
    "xinheng.config.requests.RequestMiddleware",
    "xinheng.config.addresses.AddressMiddleware",
    "xinheng.config.walls.ReachMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xinheng.config.limits.LimitMiddleware",
    "django_http_compression.middleware.HttpCompressionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "xinheng.accounts.middleware.SessionEndMiddleware",
    "xinheng.config.walls.WorkMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "xinheng.config.answers.AnswerMiddleware",
    "axes.middleware.AxesMiddleware",
]

# Accounts (ADR 0040). Public pages touch no session, so a reader gets no cookie.
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("login_name", "display_name")}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workbench:home"
SESSION_COOKIE_NAME = "xh_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("XINHENG_HTTPS", default=False)
# Two years, said by every answer over an encrypted connection (RFC 6797).
SECURE_HSTS_SECONDS = 63_072_000 if SESSION_COOKIE_SECURE else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
XINHENG_SESSION_IDLE_MINUTES = env.int("XINHENG_SESSION_IDLE_MINUTES", default=30)
XINHENG_SESSION_HOURS = env.int("XINHENG_SESSION_HOURS", default=10)
SESSION_COOKIE_AGE = XINHENG_SESSION_HOURS * 3600
ACCOUNT_ADAPTER = "xinheng.accounts.adapter.ByInvitationOnly"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
# By name, never by address alone: a whole office sits behind one address. django-axes (below) counts across processes.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "10/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = env.str("XINHENG_SITE_NAME", default="信用奉节")
MFA_ADAPTER = "xinheng.accounts.adapter.SecondFactors"
# Signing in by the county's own identity service (OpenID Connect): for accounts that connected it, nobody else (ADR 0051).
XINHENG_OIDC_ISSUER = env.str("XINHENG_OIDC_ISSUER", default="")
XINHENG_OIDC_CLIENT_ID = env.str("XINHENG_OIDC_CLIENT_ID", default="")
XINHENG_OIDC_SECRET_FILE = env.str("XINHENG_OIDC_SECRET_FILE", default="")
XINHENG_OIDC_NAME = env.str("XINHENG_OIDC_NAME", default="统一身份认证")
SOCIALACCOUNT_ADAPTER = "xinheng.accounts.adapter.ConnectedOnly"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_QUERY_EMAIL = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "xinheng.accounts.adapter.lockout_name"
AXES_LOCKOUT_CALLABLE = "xinheng.workbench.views.locked.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["login", "username", "ip_address"]

# Systems get tokens by client credentials and nothing else (ADR 0050); no person's sign-in is given to others.
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

ROOT_URLCONF = "xinheng.config.urls"
WSGI_APPLICATION = "xinheng.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "xinheng.workbench.context_processors.frame",
            ]
        },
    }
]

_COMMON_DATABASE = {"ENGINE": "xinheng.adapters.postgres.backend", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if XINHENG_DOORS not in {"all", "public"}:
    raise ImproperlyConfigured(f"XINHENG_DOORS: all or public, not {XINHENG_DOORS}")
_HAS_PUBLIC_DOORS_ONLY = XINHENG_DOORS == "public"
_IS_ELSEWHERE = bool(
    env.str("DATABASE_URL", default="") or (_HAS_PUBLIC_DOORS_ONLY and env.str("DATABASE_PUBLIC_URL", default=""))
)
EMBEDDED_SERVER = None if _IS_ELSEWHERE else Server(XINHENG_VAR, XINHENG_PG)


def _database_of(role: str, own: str, *options: str) -> dict[str, Any]:
    """Return where a role connects: at its ``own`` address, else by taking the role inside the owner's session.

    One address is enough for everything; a deployment that gives each role an account of its own sets each one's address.
    """
    taken = role != OWNER_ROLE and not own
    if EMBEDDED_SERVER is not None:
        taken = role in NARROW and not NARROW[role].signs_in
        place = {"NAME": DATABASE, "HOST": str(EMBEDDED_SERVER.socket_folder), "PORT": "5432"}
        found: dict[str, Any] = _COMMON_DATABASE | place | {"USER": OWNER_ROLE if taken else role}
    else:
        found = dict(env.db_url_config(own or env.str("DATABASE_URL"))) | _COMMON_DATABASE
    begins_with = [*([f"-c role={role}"] if taken else []), *options]
    if begins_with:
        found["OPTIONS"] = dict(found.get("OPTIONS", {})) | {"options": " ".join(begins_with)}
    return found


_READ_ONLY = "-c default_transaction_read_only=on"
if _HAS_PUBLIC_DOORS_ONLY:
    DATABASES = {"default": _database_of(PUBLIC_ROLE, env.str("DATABASE_PUBLIC_URL", default=""), _READ_ONLY)}
    MIDDLEWARE.insert(1, "xinheng.config.doors.PublicDoorsMiddleware")
else:
    DATABASES = {
        "default": _database_of(APP_ROLE, env.str("DATABASE_APP_URL", default="")),
        "owner": _database_of(OWNER_ROLE, env.str("DATABASE_URL", default="")),
        "auditor": _database_of(AUDITOR_ROLE, env.str("DATABASE_AUDITOR_URL", default=""), _READ_ONLY),
        "retention": _database_of(RETENTION_ROLE, env.str("DATABASE_RETENTION_URL", default="")),
        "backup": _database_of(BACKUP_ROLE, env.str("DATABASE_BACKUP_URL", default=""), _READ_ONLY),
    }
"""``default`` is the application role, which can neither change history nor delete records; ``owner`` migrates only;
``retention`` destroys what is over and can do nothing else (P17). What the roles may: ``adapters.postgres.roles``."""

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = XINHENG_VAR / "static"
STATICFILES_DIRS = [path for path in [PROJECT / "build" / "static"] if path.is_dir()]
# In development and tests the files are found where they lie; `make demo` and deployments collect them once.
WHITENOISE_USE_FINDERS = env.bool("XINHENG_STATIC_FINDERS", default=True)
WHITENOISE_AUTOREFRESH = DEBUG

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if XINHENG_PROXIES:
    # Our own proxy ends the encryption and says so; without it a form sent by https would seem to come from elsewhere.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "xinheng.portal.views.form_too_old"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # until the browser is closed; it is set by pages with a form only

XINHENG_SITE = {
    "name": env.str("XINHENG_SITE_NAME", default="信用奉节"),
    "county": env.str("XINHENG_COUNTY", default="奉节县"),
    "organiser": env.str("XINHENG_SITE_ORGANISER", default=""),
    "operator": env.str("XINHENG_SITE_OPERATOR", default=""),
    "phone": env.str("XINHENG_SITE_PHONE", default=""),
    "hours": env.str("XINHENG_SITE_HOURS", default=""),
    "address": env.str("XINHENG_SITE_ADDRESS", default=""),
    "site_code": env.str("XINHENG_SITE_CODE", default=""),
    "icp_no": env.str("XINHENG_SITE_ICP_NO", default=""),
    "police_no": env.str("XINHENG_SITE_POLICE_NO", default=""),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"text": {"()": "xinheng.adapters.logs.PlainLines"}, "json": {"()": "xinheng.adapters.logs.JsonLines"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": env.str("XINHENG_LOG_FORMAT", default="text")},
    },
    "root": {"handlers": ["console"], "level": env.str("XINHENG_LOG_LEVEL", default="WARNING")},
    # Django's own handlers would write paths and, by mail, whole requests: everything goes one way (adapters.logs).
    "loggers": {
        "django": {"handlers": [], "level": "NOTSET", "propagate": True},
        "django.server": {"handlers": [], "level": "NOTSET", "propagate": True},
    },
}
