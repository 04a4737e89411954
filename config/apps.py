from django.apps import AppConfig
from django.conf import settings


class ProjectConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import checks, metrics, sentry

        checks.register_all()
        metrics.connect()
        if settings.SENTRY_DSN:
            sentry.start(settings.SENTRY_DSN)
