"""The association portal: create_app() puts settings, extensions and features together."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from flask import Flask

from portal.settings import Settings, from_environment

if TYPE_CHECKING:
    from portal.core.feature import Feature


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings (default: the environment's)."""
    settings = settings or from_environment()  # before all else: what is wrong with them is said at once
    with _nothing_thrown_away():
        return _put_together(settings)


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """What is loaded stays: to look through it for garbage again and again is a fifth of the start."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _put_together(settings: Settings) -> Flask:
    from portal.accounts import sessions
    from portal.associations import ties
    from portal.associations.queries import get_site
    from portal.core import access, application, navigation
    from portal.offices import access as rule
    from portal.offices import ties as tied

    app = Flask(__name__)
    application.install(app, settings)
    sessions.install(app)
    access.install(app, rule)
    ties.hand_over(tied)
    shown = features()
    for feature in shown:
        app.register_blueprint(feature.blueprint)
    navigation.register(app, shown, lambda: get_site(settings.site_name))
    return app


def features() -> list[Feature]:
    """Every feature, in the order of the floors. A new one adds one word."""
    held = "associations people accounts offices verification transparency"
    listed = "members applications cards imports duplicates register"
    served = "volunteers lending plans signups hours attendance certificates activities dossiers"
    money = "ledger dues payments levy receipts handovers bank arrears statements"
    shown = "disclosure objections charters letters surveys"
    praise = "commendations reviews honours"
    names = f"{held} {listed} {served} {money} notices {shown} {praise} reports own home".split()
    return [import_module(f"portal.{name}.views").feature for name in names]
