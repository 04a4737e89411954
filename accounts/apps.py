from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts and signing in")

    def ready(self) -> None:
        from accounts import checks, mail_choices
        from sectors.reminders import urging

        checks.register_all()
        urging.unwanted.append(mail_choices.unwanted)
