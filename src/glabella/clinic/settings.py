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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "glabella.clinic.audit",
    "glabella.clinic.people",
    "glabella.clinic.patients",
    "glabella.clinic.links",
    "glabella.clinic.tasks",
    "glabella.clinic.outbox",
    "glabella.clinic.intake",
    "glabella.clinic.consent",
    "glabella.clinic.prescribing",
    "glabella.clinic.stock",
    "glabella.clinic.credentials",
    "glabella.clinic.coldchain",
    "glabella.clinic.stocktake",
    "glabella.clinic.lot_recalls",
    "glabella.clinic.treatments",
    "glabella.clinic.reviews",
    "glabella.clinic.body",
    "glabella.clinic.followup",
    "glabella.clinic.data",
    "glabella.clinic.safety",
    "glabella.clinic.cosigning",
    "glabella.clinic.signin",
    "glabella.clinic.api",
    "glabella.clinic.demo",
]

MIDDLEWARE = [
    "glabella.clinic.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "glabella.clinic.data.pause.PauseMiddleware",
    "glabella.clinic.data.room.RoomMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "glabella.clinic.signin.idle.IdleMiddleware",
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
        # FULL, so that what was confirmed is on the disk when the power fails a moment later.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
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

ACCOUNT_ADAPTER = "glabella.clinic.signin.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# The lock-out above counts every failure, in the database: it holds for all server processes.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 10
ACCOUNT_FORMS = {"change_password": "glabella.clinic.signin.forms.NewPasswordForm"}
MFA_ADAPTER = "glabella.clinic.signin.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "glabella.clinic.signin.forms.CodeForm",
    "reauthenticate": "glabella.clinic.signin.forms.CodeAgainForm",
    "activate_totp": "glabella.clinic.signin.forms.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a code of the half minute before or after: clocks differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts here have no e-mail
# Passkeys need https, or the machine itself.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ONLY_LOOPBACK
# Used codes are remembered for all server processes, so that none opens twice.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if TESTING
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA / "cache",
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE: str = env.str("GLABELLA_TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j M Y"

# What is attached to the record; served by no address of its own.
MEDIA_ROOT = DATA / "files"
# After how many days without a backup the owner is warned.
BACKUP_DAYS: int = env.int("GLABELLA_BACKUP_DAYS", default=2)

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
# Files are served from where they lie, so that a clinic starts without `collectstatic`. Their
# names carry no hash: the scripts of a page import each other by their plain names.
WHITENOISE_USE_FINDERS = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["'self'", "blob:"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# Behind a proxy that speaks https and sets X-Forwarded-Proto itself, whatever a client sent.
BEHIND_PROXY: bool = env.bool("GLABELLA_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ONLY_HTTPS = not (DEBUG or ONLY_LOOPBACK)
SECURE_SSL_REDIRECT = ONLY_HTTPS and BEHIND_PROXY
SESSION_COOKIE_AGE = 60 * 60 * 10  # a long clinic day; the clinic's idle time ends it sooner
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ONLY_HTTPS
# The browser takes a __Host- cookie from this very host and over https only.
SESSION_COOKIE_NAME = "__Host-session" if ONLY_HTTPS else "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if ONLY_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # other services of the clinic's domain are its own affair
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS: list[str] = env.list("GLABELLA_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "glabella.clinic.people.views.csrf_failed"

# Where patients reach this server: links in messages begin with it.
SITE_URL: str = env.str("GLABELLA_SITE_URL", default=f"http://127.0.0.1:{env.str('PORT', '8000')}")
# E-mail goes to the console until the clinic names its server, such as
# smtp+tls://user:password@mail.example.org:587
_MAIL: dict[str, Any] = env.email_url("GLABELLA_SMTP_URL", default="consolemail://")
EMAIL_BACKEND: str = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST: str = _MAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT: int = _MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER: str = _MAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD: str = _MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS: bool = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL: str = env.str("GLABELLA_FROM", default="clinic@localhost")
# Text messages go to an HTTP gateway; without one, who has no e-mail address is called.
TEXT_URL: str = env.str("GLABELLA_TEXT_URL", default="")
TEXT_TOKEN: str = env.str("GLABELLA_TEXT_TOKEN", default="")
TEXT_FROM: str = env.str("GLABELLA_TEXT_FROM", default="")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
