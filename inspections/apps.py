from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Sampling and inspections")

    def ready(self) -> None:
        """Sheets, first pages and the search let the registry count, remind and find without knowing it."""
        from inspections import registers, reminders, tally
        from inspections import search as app_search
        from sectors.approval import worklist
        from sectors.catalogue import counted
        from sectors.shell import search

        if tally.refresh not in counted.registries:
            counted.registries.append(tally.refresh)
        if registers.used_words not in counted.word_uses:
            counted.word_uses.append(registers.used_words)
        if reminders.reminders_of not in worklist.reminders:
            worklist.reminders.append(reminders.reminders_of)
        if app_search.find not in search.finders:
            search.finders.append(app_search.find)
