from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from sectors.catalogue.keys import FILE
from sectors.catalogue.shapes import schema_of


class Command(BaseCommand):
    help = "Write the JSON Schema of catalogue files, by which an editor completes and checks them. No database."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(schema_of(FILE), ensure_ascii=False, indent=2))
