"""All settings in one file. Variables are read through `env`; docs/settings.md explains each of them."""

from pathlib import Path
from typing import Any

import structlog
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from liveqa import env
from liveqa.secrets import secret

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("DATA_DIR", BASE_DIR / ".data")

# --- Who we are -----------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY")
# Encrypts what askers leave for the reply (phone, e-mail). The first key writes, the others still read.
FIELD_KEYS = secret("FIELD_KEY").split(",")
PORT = env.integer("PORT", 8000, minimum=1, maximum=65535)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# Full origins (scheme, host, port). Sockets and form posts from anywhere else are refused.
ALLOWED_ORIGINS = env.origins(
    "ALLOWED_ORIGINS",
    ",".join(f"http://{host}:{PORT}" for host in ("localhost", "127.0.0.1", "[::1]")),
)
# Where links in messages to askers lead; the first allowed origin unless it is said.
SITE_URL = env.origin("SITE_URL", ALLOWED_ORIGINS[0])
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
# Proxies in front of us that add one X-Forwarded-For value each; 0 trusts the connection alone.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, maximum=8)

# --- Parts ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "channels",
    "csp",
    "django_htmx",
    "django_rq",
    "streams",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "liveqa.middleware.way_back",
    "liveqa.middleware.unavailable",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "liveqa.urls"
ASGI_APPLICATION = "liveqa.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liveqa.context.page",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Data -----------------------------------------------------------------------------------------

# Under ASGI every request runs in a thread of its own: persistent connections would pile up, a pool
# gives them back. `timeout` is short so that a stopped database is said at once and not after 30 s.
_database = env.postgresql("DATABASE_URL")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **_database,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_database["OPTIONS"],
            # Plans are kept for what runs inside `streams.common.sql.pipelined`, and for nothing else. A pooler between
            # that gives a connection away after each transaction must know of them (PgBouncer: since 1.21).
            "prepare_threshold": 0,
            "pool": {
                "min_size": 1,
                "max_size": env.integer("DATABASE_POOL", 16, minimum=1, maximum=500),
                "timeout": 3,
            },
        },
    },
}

# --- Bell and jobs --------------------------------------------------------------------------------

REDIS_URL = env.redis("REDIS_URL")
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "liveqa.layer.Layer",
        # redis-py's default of 5 s equals the layer's own wait and would cut quiet connections.
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_timeout": 15}],
            "prefix": env.text("REDIS_PREFIX", "liveqa"),
        },
    },
}
RQ_QUEUES = {
    "default": {
        "URL": REDIS_URL,
        "DEFAULT_TIMEOUT": 120,
        "SERIALIZER": "rq.serializers.JSONSerializer",
    },
}

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "streams.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "wednesday"
LOGOUT_REDIRECT_URL = "home"
# One wrong guesser never locks a colleague out: failures count per name and address together.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_TEMPLATE = "people/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_IPWARE_PROXY_COUNT = TRUSTED_PROXIES or None

# --- Limits (per process; a shared office or a mobile carrier is one address) ----------------------

ASK_PER_ADDRESS_PER_MIN = env.integer("ASK_PER_ADDRESS_PER_MIN", 600, minimum=1)
ASK_PER_VIEWER_PER_MIN = env.integer("ASK_PER_VIEWER_PER_MIN", 6, minimum=1)
VOTES_PER_ADDRESS_PER_MIN = env.integer("VOTES_PER_ADDRESS_PER_MIN", 3000, minimum=1)
# The longest question, in characters: Kazakh and Russian letters count as one.
QUESTION_MAX_CHARS = env.integer("QUESTION_MAX_CHARS", 2000, minimum=100, maximum=10000)
# A form is small here; anything larger is refused before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# A pasted block of comments has a box for each of its 500.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 700

# --- The desk -------------------------------------------------------------------------------------

# Who touched no key and no mouse for so long is shown to colleagues as idle.
DESK_IDLE_MINUTES = env.integer("DESK_IDLE_MINUTES", 5, minimum=1, maximum=240)

# --- Sources --------------------------------------------------------------------------------------

# Connectors call public addresses only, and those in these networks (10.1.0.0/16, 192.0.2.7/32).
SOURCES_PRIVATE_NETWORKS = env.networks("SOURCES_PRIVATE_NETWORKS")
# Deliveries of one source to one web process; beyond it the platform is told to wait.
SOURCES_DELIVERIES_PER_MIN = env.integer("SOURCES_DELIVERIES_PER_MIN", 12000, minimum=60)
# What platforms sent is kept byte for byte this long, so that it can be read again.
SOURCES_RAW_DAYS = env.integer("SOURCES_RAW_DAYS", 14, minimum=1, maximum=365)

# --- Languages and time ---------------------------------------------------------------------------

LANGUAGES = [("kk", _("Kazakh")), ("ru", _("Russian")), ("en", _("English"))]
LANGUAGE_CODE = env.choice("LANGUAGE_CODE", "ru", dict(LANGUAGES))
LOCALE_PATHS = [BASE_DIR / "locale"]
# Django has no Kazakh order of day, month and year.
FORMAT_MODULE_PATH = ["liveqa.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "UTC"
# Of a new unit; each unit has its own.
DEFAULT_UNIT_COUNTRY = env.country("DEFAULT_UNIT_COUNTRY", "KZ")
DEFAULT_POLICE_NUMBER = env.text("DEFAULT_POLICE_NUMBER", "102")
DEFAULT_RESCUE_NUMBER = env.text("DEFAULT_RESCUE_NUMBER", "112")
# The optional language model for "the same question?"; see docs/similar.md.
MEANING = env.flag("MEANING", default=False)
SUGGESTIONS_PER_ADDRESS_PER_MIN = env.integer("SUGGESTIONS_PER_ADDRESS_PER_MIN", 1200, minimum=1)
DEFAULT_UNIT_TIME_ZONE = env.zone("DEFAULT_UNIT_TIME_ZONE", "Asia/Almaty")

# --- Static files ---------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "liveqa.static.HashedModules"},
}

# --- The browser's side of safety -----------------------------------------------------------------

HTTPS = env.flag("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_ENGINE = "liveqa.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "liveqa.errors.csrf_failure"
SECURE_SSL_REDIRECT = env.flag("HTTPS_REDIRECT", default=False)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        # The grammar of the header knows no [::1]; there 'self' has to do.
        "connect-src": [
            SELF,
            *(origin.replace("http", "ws", 1) for origin in ALLOWED_ORIGINS if "[" not in origin),
        ],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- Log: event names and ids, never the text of a question -----------------------------------------

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": "liveqa.redaction.Redacted",
            "processor": structlog.processors.KeyValueRenderer(
                key_order=["timestamp", "level", "logger", "event"]
            ),
            "foreign_pre_chain": _processors,
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "daphne.http_protocol": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        # They name every address called, and some platforms have tokens in theirs.
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "rq": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[*_processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
