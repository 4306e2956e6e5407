"""Settings of the clinic, each changed by an environment variable or not at all."""

import sys
from pathlib import Path
from typing import Any

import environ  # type: ignore[import-untyped]

from glabella.clinic.datafolder import data_folder, secret_key

env = environ.Env()

HERE = Path(__file__).parent
DATA = data_folder(env.str("GLABELLA_DATA", default="data"))
DEBUG: bool = env.bool("GLABELLA_DEBUG", default=False)
SECRET_KEY: str = env.str("GLABELLA_SECRET_KEY", default="") or secret_key(DATA)
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS: list[str] = env.list("GLABELLA_ALLOWED_HOSTS", default=LOOPBACK_HOSTS)
# Cookies may travel over plain http only where they cannot leave the machine.
ONLY_LOOPBACK = set(ALLOWED_HOSTS) <= {*LOOPBACK_HOSTS, "testserver"}
TESTING = "pytest" in sys.modules

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "csp",
    "glabella.clinic.audit",
    "glabella.clinic.people",
    "glabella.clinic.patients",
    "glabella.clinic.links",
    "glabella.clinic.tasks",
    "glabella.clinic.outbox",
    "glabella.clinic.stock",
    "glabella.clinic.coldchain",
    "glabella.clinic.stocktake",
    "glabella.clinic.lot_recalls",
    "glabella.clinic.treatments",
    "glabella.clinic.reviews",
    "glabella.clinic.cosigning",
    "glabella.clinic.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "glabella.clinic.urls"
WSGI_APPLICATION = "glabella.clinic.wsgi.application"
FORM_RENDERER = "glabella.clinic.forms.ClinicRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "glabella.clinic.people.queries.member_context",
            ],
            "builtins": ["glabella.clinic.people.templatetags.clinic"],
        },
    }
]


def _database() -> dict[str, Any]:
    default = f"sqlite:///{DATA / 'clinic.sqlite3'}"
    database: dict[str, Any] = env.db_url("DATABASE_URL", default=default)
    if "sqlite3" in database["ENGINE"]:
        # IMMEDIATE takes the write lock at the start, so that a transaction never fails half-way.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        # A file, so that tests see the locks between connections that a clinic has.
        database["TEST"] = {"NAME": DATA / "test.sqlite3"}
    else:
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
LOGIN_URL = "people:sign-in"
LOGIN_REDIRECT_URL = "people:today"
LOGOUT_REDIRECT_URL = "people:sign-in"
AXES_ENABLED: bool = env.bool("GLABELLA_LOCK_OUT", default=not TESTING)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1  # hours
# By account alone: a whole clinic shares one address.
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "people/locked_out.html"
AXES_VERBOSE = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE: str = env.str("GLABELLA_TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j M Y"

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
# Files are served from where they lie, so that a clinic starts without `collectstatic`. Their
# names carry no hash: the scripts of a page import each other by their plain names.
WHITENOISE_USE_FINDERS = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SESSION_COOKIE_AGE = 60 * 60 * 10  # a long clinic day
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not (DEBUG or ONLY_LOOPBACK)
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 0 if DEBUG or ONLY_LOOPBACK else 60 * 60 * 24 * 30
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Behind a proxy that speaks https: its address, such as https://clinic.example.org
CSRF_TRUSTED_ORIGINS: list[str] = env.list("GLABELLA_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "glabella.clinic.people.views.csrf_failed"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
