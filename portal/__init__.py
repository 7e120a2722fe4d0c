"""The association portal: create_app() puts settings, extensions and features together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from portal.settings import Settings, from_environment

if TYPE_CHECKING:
    from portal.core.feature import Feature


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings (default: the environment's)."""
    settings = settings or from_environment()  # before all else: what is wrong with them is said at once
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
    """Every feature, in the order of the floors. A new one adds one line."""
    from portal.accounts.views import feature as accounts
    from portal.activities.views import feature as activities
    from portal.applications.views import feature as applications
    from portal.associations.views import feature as associations
    from portal.cards.views import feature as cards
    from portal.duplicates.views import feature as duplicates
    from portal.home.views import feature as home
    from portal.imports.views import feature as imports
    from portal.members.views import feature as members
    from portal.notices.views import feature as notices
    from portal.offices.views import feature as offices
    from portal.own.views import feature as own
    from portal.people.views import feature as people
    from portal.register.views import feature as register
    from portal.verification.views import feature as verification

    held = [associations, people, accounts, offices, verification]
    listed = [members, applications, cards, imports, duplicates, register]
    return [*held, *listed, activities, notices, own, home]
