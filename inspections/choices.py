"""Choices of records. A dotted code is a place in a tree: `produce.meat` is a part of `produce`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Programme(models.TextChoices):
    ROUTINE = "routine", _("routine monitoring")
    RISK = "risk", _("risk monitoring")
    SUPERVISION = "supervision", _("supervisory sampling")
    FESTIVAL = "festival", _("joint monitoring before festivals")
    RAPID = "rapid", _("rapid tests")
    ASSIST = "assist", _("for a higher authority")
    COMMISSIONED = "commissioned", _("commissioned sampling")


class Category(models.TextChoices):
    PRODUCE = "produce", _("Edible produce")
    MEAT = "produce.meat", _("Meat and offal")
    VEGETABLE = "produce.vegetable", _("Vegetables")
    AQUATIC = "produce.aquatic", _("Aquatic products")
    FRUIT = "produce.fruit", _("Fruit")
    EGG = "produce.egg", _("Fresh eggs")
    SCHOOL = "school", _("School catering")
    TABLEWARE = "school.tableware", _("Reused tableware")
    OIL = "school.oil", _("Frying oil")
    DOUGH = "school.dough", _("Fried dough")
    PROCESSED = "processed", _("Processed food")
    LIVESTOCK = "livestock", _("Live animals and animal products")
    INPUTS = "inputs", _("Farm inputs")
    SEED = "inputs.seed", _("Seed")
    PESTICIDE = "inputs.pesticide", _("Pesticides and fertilizers")
    VETERINARY = "inputs.veterinary", _("Veterinary drugs")
    INDUSTRIAL = "industrial", _("Industrial products")
    ENGINEERING = "engineering", _("Construction works")
    MATERIAL = "engineering.material", _("Building materials")
    ENTITY = "engineering.entity", _("Structures")
    KEY_ENTITY = "engineering.entity.key", _("Structures: key values")
    SERVICE = "service", _("Services")
    OTHER = "other", _("Other")


class Setting(models.TextChoices):
    MARKET = "market", _("farmers' market")
    WHOLESALE = "wholesale", _("wholesale market")
    SUPERMARKET = "supermarket", _("supermarket")
    SHOP = "shop", _("shop")
    CANTEEN = "canteen", _("school canteen")
    RESTAURANT = "restaurant", _("restaurant")
    FARM = "farm", _("farm")
    SLAUGHTER = "slaughter", _("slaughterhouse")
    FACTORY = "factory", _("factory")
    ONLINE = "online", _("online shop")
    SITE = "site", _("building site")
    OTHER = "other", _("other")


class InspectionKind(models.TextChoices):
    SUPERVISION = "supervision", _("supervisory inspection")
    LAW = "law", _("law enforcement check")
    PATROL = "patrol", _("daily patrol")
    CAMPAIGN = "campaign", _("special campaign")


class PremisesType(models.TextChoices):
    FARM = "farm", _("farm or cooperative")
    INPUTS = "inputs", _("farm supplies shop")
    VETERINARY = "veterinary", _("veterinary drug shop")
    CEMENT = "cement", _("cement producer")
    CONCRETE = "concrete", _("concrete producer")
    MATERIALS = "materials", _("building materials shop")
    TILES = "tiles", _("tile shop")
    EMITTER = "emitter", _("key emitting enterprise")
    FOOD = "food", _("food business")
    BEAUTY = "beauty", _("hairdresser or beauty parlour")
    LODGING = "lodging", _("lodging")
    INTERNET = "internet", _("internet café")
    MUSIC = "music", _("concert hall")
    SHOP = "shop", _("department store")
    CINEMA = "cinema", _("cinema")
    SCHOOL = "school", _("school")
    MEDICAL = "medical", _("medical institution")
    SITE = "site", _("building site")
    ROAD = "road", _("road works")
    BRIDGE = "bridge", _("bridge works")
    WATER = "water", _("water works")
    TOURISM = "tourism", _("culture or tourism business")
    OTHER = "other", _("other")


class Channel(models.TextChoices):
    HOTLINE = "hotline", _("12345 hotline")
    CYBER = "cyber", _("cyberspace administration")
    PREFECTURE = "prefecture", _("prefecture's enforcement team")
    PLATFORM = "platform", _("12315 platform")
    VISIT = "visit", _("letter or visit")
    OTHER = "other", _("other")


class ComplaintKind(models.TextChoices):
    COMPLAINT = "complaint", _("complaint")
    OPINION = "opinion", _("online opinion")
    EVENT = "event", _("complaint about a major event")
    MALICIOUS = "malicious", _("malicious complaint")
    ACCIDENT = "accident", _("complaint about a serious accident")


class Retest(models.TextChoices):
    NONE = "none", _("not asked for")
    ASKED = "asked", _("asked for, no result yet")
    UPHELD = "upheld", _("result upheld")
    REVERSED = "reversed", _("result reversed")
