"""Settings: read once from PORTAL_* environment variables, typed, checked at start."""

from __future__ import annotations

import os
import re
import secrets
import socket
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
MODES = ("local", "test", "production")
STATIC = Path(__file__).parent / "static"
# Where the keys of a local installation are kept, and the variable that names them in production.
KEY_FILES = {"secret.key": "PORTAL_SECRET_KEY", "encryption.key": "PORTAL_ENCRYPTION_KEYS"}
_PLACEHOLDER = re.compile(r"change.?me|secret|example|password|placeholder|(.)\1{7}", re.IGNORECASE)


class SettingsError(Exception):
    """Settings are missing, malformed or unsafe; each fault names the variable and the way out."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        more = len(self.faults) - 1
        super().__init__(self.faults[0] + (f" ({more} more: `portal check` lists them all.)" if more else ""))


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
    import_rows: int
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
    """The settings, if nothing is wrong with them; else SettingsError."""
    settings, faults = examine(environ)
    if faults:
        raise SettingsError(faults)
    return settings


def examine(environ: Mapping[str, str] | None = None) -> tuple[Settings, list[str]]:
    """The settings and everything that is wrong with them; a value that cannot be read stands at its default."""
    read = _Reader(os.environ if environ is None else environ)
    settings = _read(read)
    if settings.mode == "production":
        read.faults += _unsafe(settings, read.environ)
    return settings, read.faults


class _Reader:
    """Reads variables one by one and keeps what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self.environ.get(f"PORTAL_{name}", "").strip() or default

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in self.text(name, "").split(",") if word.strip())

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value in allowed:
            return value
        self.faults.append(f"PORTAL_{name} is {value!r}; it must be one of {', '.join(allowed)}.")
        return default

    def flag(self, name: str) -> bool:
        return self.choice(name, ("yes", "no"), "no") == "yes"

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if value.isascii() and value.isdecimal() and len(value) < 9 and low <= int(value) <= high:
            return int(value)
        self.faults.append(f"PORTAL_{name} is {value!r}; it must be a whole number from {low} to {high}.")
        return default

    def address(self, name: str, schemes: tuple[str, ...], default: str = "") -> str:
        value = self.text(name, default).rstrip("/")
        try:
            parts = urlsplit(value)
            known = parts.scheme in schemes and bool(parts.hostname or parts.scheme == "unix")
        except ValueError:
            known = False
        if not value or known:
            return value
        self.faults.append(f"PORTAL_{name} must be a full address such as {schemes[0]}://portal.example.org.")
        return default


def _read(read: _Reader) -> Settings:
    mode = read.choice("MODE", MODES, "local")
    data_dir = _data_dir(read)
    host, port = read.environ.get("HOST") or "127.0.0.1", read.environ.get("PORT") or "8000"
    base_url = read.address("BASE_URL", ("https", "http"), f"http://{'localhost' if _is_any(host) else host}:{port}")
    return Settings(
        mode=mode,
        data_dir=data_dir,
        database_url=_database_url(read, mode, data_dir),
        secret_key=read.text("SECRET_KEY", "") or _kept_key(read, mode, data_dir, "secret.key"),
        encryption_keys=read.words("ENCRYPTION_KEYS")
        or tuple(_kept_key(read, mode, data_dir, "encryption.key").split(",")),
        base_url=base_url,
        trusted_hosts=read.words("TRUSTED_HOSTS") or _own_hosts(mode, host, base_url),
        time_zone=_time_zone(read),
        language=read.choice("LANGUAGE", LANGUAGES, "zh-Hans"),
        site_name=read.text("SITE_NAME", ""),
        mail_url=read.address("MAIL_URL", ("smtp", "smtps")),
        mail_from=_mail_from(read),
        redis_url=_redis_url(read),
        require_second_factor=read.flag("REQUIRE_SECOND_FACTOR"),
        password_cost=read.choice("PASSWORD_COST", ("normal", "cheap"), "normal"),
        upload_mb=read.number("UPLOAD_MB", 10, 1, 100),
        import_rows=read.number("IMPORT_ROWS", 20_000, 100, 200_000),
        proxies=read.number("PROXIES", 0, 0, 5),
        workers=read.number("WORKERS", 2, 1, 64),
        threads=read.number("THREADS", 8, 1, 64),
    )


def _data_dir(read: _Reader) -> Path:
    path = Path(read.text("DATA_DIR", "instance")).expanduser().resolve()
    if path.is_relative_to(STATIC):
        read.faults.append("PORTAL_DATA_DIR lies inside the static folder; everybody could download it.")
    return path


def _database_url(read: _Reader, mode: str, data_dir: Path) -> str:
    """SQLAlchemy's address, with its driver named and the file of SQLite from the root of the disk."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    default = f"sqlite:///{data_dir / 'portal.sqlite3'}"
    text = read.text("DATABASE_URL", default)
    for short in ("postgresql://", "postgres://"):
        if text.startswith(short):
            text = "postgresql+psycopg://" + text[len(short) :]
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = make_url("unreadable://")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        read.faults.append("PORTAL_DATABASE_URL must begin with sqlite:/// (and a file) or postgresql://.")
        return default
    if url.drivername == "sqlite" and mode != "test":
        if not url.database or url.database.startswith((":memory:", "file:")):
            read.faults.append("PORTAL_DATABASE_URL names no file; write sqlite:////path/to/portal.sqlite3.")
            return default
        url = url.set(database=str(Path(url.database).absolute()))
    return url.render_as_string(hide_password=False)


def _kept_key(read: _Reader, mode: str, data_dir: Path, name: str) -> str:
    """Outside production a random key is made once and kept in the data folder, readable by its owner."""
    if mode == "production":
        read.faults.append(f"{KEY_FILES[name]} is not set; production needs one of its own (`portal key` makes one).")
        return ""
    if data_dir.is_relative_to(STATIC):
        return ""
    path = data_dir / name
    try:
        if not path.exists():
            _write_key(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        read.faults.append(f"PORTAL_DATA_DIR is {data_dir}, but {name} cannot be kept there ({error}).")
        return ""
    if not key:
        read.faults.append(f"{path} is empty; put back its content from a backup.")
    return key


def _write_key(path: Path) -> None:
    """The whole key or none: another process that starts now must not read half of it, or make a second one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".key-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def _is_any(host: str) -> bool:
    return host in ("0.0.0.0", "::", "[::]")  # noqa: S104 - compared, not bound


def _own_hosts(mode: str, host: str, base_url: str) -> tuple[str, ...]:
    """Outside production: this machine's names, and its addresses when it serves on all of them."""
    if mode == "production":
        return ()
    names = ["127.0.0.1", "localhost", "[::1]", urlsplit(base_url).hostname or "localhost"]
    return tuple(dict.fromkeys(names + (own_addresses() if _is_any(host) else [])))


def own_addresses() -> list[str]:
    """The names by which another device in the house reaches this machine. Nothing is sent."""
    names = [socket.gethostname()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            names.insert(0, str(probe.getsockname()[0]))
        except OSError:
            pass
    return names


def _time_zone(read: _Reader) -> str:
    name = read.text("TIME_ZONE", "Asia/Shanghai")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        read.faults.append(f"PORTAL_TIME_ZONE is {name!r}; write a name such as Asia/Shanghai.")
        return "Asia/Shanghai"
    return name


def _mail_from(read: _Reader) -> str:
    sender = read.text("MAIL_FROM", "")
    if read.text("MAIL_URL", "") and "@" not in sender:
        read.faults.append("PORTAL_MAIL_FROM is not set; mail needs a sender's address.")
    return sender


def _redis_url(read: _Reader) -> str:
    url = read.address("REDIS_URL", ("redis", "rediss", "unix"))
    if url and not find_spec("redis"):
        read.faults.append(
            "PORTAL_REDIS_URL is set but its package is missing:"
            " pip install --require-hashes -r requirements-redis.lock"
        )
    return url


def _unsafe(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """What production refuses."""
    keys = [key for key in (settings.secret_key, *settings.encryption_keys) if key]
    hosts, host = settings.trusted_hosts, urlsplit(settings.base_url).hostname or ""
    trusted = any(host == name or (name[0] == "." and host.endswith(name)) for name in hosts)
    weak = any(len(key) < 32 or len(set(key)) < 10 or _PLACEHOLDER.search(key) for key in keys)
    is_debug = environ.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no")
    refused = [
        (not settings.is_https, "PORTAL_BASE_URL must begin with https://; cookies would travel in the open."),
        (not hosts, "PORTAL_TRUSTED_HOSTS is not set; name the hosts that the portal answers for."),
        (any(set(name) & set("*/ ") for name in hosts), "PORTAL_TRUSTED_HOSTS takes names, without * or http://."),
        (hosts and not trusted, f"PORTAL_TRUSTED_HOSTS does not hold {host}, the host of PORTAL_BASE_URL."),
        (weak, "PORTAL_SECRET_KEY and PORTAL_ENCRYPTION_KEYS need 32 random characters each (`portal key`)."),
        (len(set(keys)) < len(keys), "PORTAL_SECRET_KEY and PORTAL_ENCRYPTION_KEYS must differ from one another."),
        (settings.password_cost != "normal", "PORTAL_PASSWORD_COST is for tests; leave it unset."),  # noqa: S105
        (is_debug, "FLASK_DEBUG is set; it would show the inside of the portal to everybody."),
    ]
    return [fault for applies, fault in refused if applies]
