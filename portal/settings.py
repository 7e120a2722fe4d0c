"""Settings: read once from PORTAL_* environment variables, typed, checked at start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
MODES = ("local", "test", "production")
STATIC = Path(__file__).parent / "static"


class SettingsError(Exception):
    """A setting is missing, malformed or unsafe; the message names the variable and the way out."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that differs between one installation and another. The README's table explains each."""

    mode: str
    data_dir: Path
    database_url: str
    secret_key: str
    encryption_keys: tuple[str, ...]
    base_url: str
    trusted_hosts: tuple[str, ...]
    time_zone: str
    language: str
    site_name: str
    mail_url: str
    mail_from: str
    redis_url: str
    require_second_factor: bool
    password_cost: str
    upload_mb: int
    proxies: int
    workers: int
    threads: int

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises SettingsError with one clear sentence for the first that is wrong."""
    read = _Reader(os.environ if environ is None else environ)
    mode = read.choice("MODE", MODES, "local")
    data_dir = Path(read.text("DATA_DIR", "instance")).resolve()
    port, host = os.environ.get("PORT", "8000"), os.environ.get("HOST", "127.0.0.1")
    base_url = read.text("BASE_URL", f"http://{host}:{port}").rstrip("/")
    settings = Settings(
        mode=mode,
        data_dir=data_dir,
        database_url=_driver(read.text("DATABASE_URL", f"sqlite:///{data_dir / 'portal.sqlite3'}")),
        secret_key=read.text("SECRET_KEY", "") or _kept_key(mode, data_dir, "secret.key"),
        encryption_keys=tuple(read.words("ENCRYPTION_KEYS"))
        or tuple(_kept_key(mode, data_dir, "encryption.key").split(",")),
        base_url=base_url,
        trusted_hosts=tuple(read.words("TRUSTED_HOSTS")) or _own_hosts(mode, base_url),
        time_zone=read.text("TIME_ZONE", "Asia/Shanghai"),
        language=read.choice("LANGUAGE", LANGUAGES, "zh-Hans"),
        site_name=read.text("SITE_NAME", ""),
        mail_url=read.text("MAIL_URL", ""),
        mail_from=read.text("MAIL_FROM", ""),
        redis_url=read.text("REDIS_URL", ""),
        require_second_factor=read.flag("REQUIRE_SECOND_FACTOR", False),
        password_cost=read.choice("PASSWORD_COST", ("normal", "cheap"), "normal"),
        upload_mb=read.number("UPLOAD_MB", 10, 1, 100),
        proxies=read.number("PROXIES", 0, 0, 5),
        workers=read.number("WORKERS", 2, 1, 64),
        threads=read.number("THREADS", 8, 1, 64),
    )
    _check(settings)
    return settings


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def text(self, name: str, default: str) -> str:
        return self.environ.get(f"PORTAL_{name}", "").strip() or default

    def words(self, name: str) -> list[str]:
        return [word.strip() for word in self.text(name, "").split(",") if word.strip()]

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsError(f"PORTAL_{name} is {value!r}; it must be one of {', '.join(allowed)}.")
        return value

    def flag(self, name: str, default: bool) -> bool:
        return self.choice(name, ("yes", "no"), "yes" if default else "no") == "yes"

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not low <= int(value) <= high:
            raise SettingsError(f"PORTAL_{name} is {value!r}; it must be a whole number from {low} to {high}.")
        return int(value)


def _driver(url: str) -> str:
    """Accept the short forms of a PostgreSQL address and name the driver."""
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url[len(short) :]
    return url


def _kept_key(mode: str, data_dir: Path, name: str) -> str:
    """Outside production a random key is made once and kept in the data folder, readable by its owner."""
    if mode == "production":
        variable = {"secret.key": "PORTAL_SECRET_KEY", "encryption.key": "PORTAL_ENCRYPTION_KEYS"}[name]
        raise SettingsError(f"{variable} is not set; production needs a secret of its own (`portal key` makes one).")
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _own_hosts(mode: str, base_url: str) -> tuple[str, ...]:
    if mode == "production":
        return ()
    return tuple(dict.fromkeys(("127.0.0.1", "localhost", "[::1]", urlsplit(base_url).hostname or "localhost")))


def _check(settings: Settings) -> None:
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(
            f"PORTAL_TIME_ZONE is {settings.time_zone!r}; write a name such as Asia/Shanghai."
        ) from None
    if not settings.base_url.startswith(("http://", "https://")) or not urlsplit(settings.base_url).hostname:
        raise SettingsError("PORTAL_BASE_URL must be a full address such as https://portal.example.org.")
    if settings.data_dir.is_relative_to(STATIC):
        raise SettingsError("PORTAL_DATA_DIR lies inside the static folder; everybody could download it.")
    if settings.mode == "production":
        _check_production(settings)


def _check_production(settings: Settings) -> None:
    if not settings.is_https:
        raise SettingsError(
            "PORTAL_BASE_URL must begin with https:// in production; cookies would travel in the open."
        )
    if not settings.trusted_hosts:
        raise SettingsError("PORTAL_TRUSTED_HOSTS is not set; name the hosts that the portal answers for.")
    if any(len(key) < 32 for key in (settings.secret_key, *settings.encryption_keys)):
        raise SettingsError("PORTAL_SECRET_KEY and PORTAL_ENCRYPTION_KEYS need at least 32 characters each.")
    if settings.password_cost != "normal":  # noqa: S105 - a cost, not a password
        raise SettingsError("PORTAL_PASSWORD_COST is for tests; leave it unset in production.")
