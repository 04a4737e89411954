"""The words of the registry as rows. Where there is a catalogue already, records may be filled with those that stood in
the program until now: they are put in, as `catalogue/registry.yaml` has them. A new database gets them from that file.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

# By kind: code, name, English name, and what else it says.
WORDS = {
    "category": [
        ("produce", "食用农产品", "Edible produce", {}),
        ("produce.meat", "畜禽肉及副产品", "Meat and offal", {"weight": 3}),
        ("produce.vegetable", "蔬菜", "Vegetables", {"weight": 5}),
        ("produce.aquatic", "水产品", "Aquatic products", {}),
        ("produce.fruit", "水果", "Fruit", {"weight": 3}),
        ("produce.egg", "鲜蛋", "Fresh eggs", {}),
        ("school", "学校餐饮", "School catering", {}),
        ("school.tableware", "复用餐饮具", "Reused tableware", {"weight": 3}),
        ("school.oil", "煎炸过程用油", "Frying oil", {}),
        ("school.dough", "油炸面制品", "Fried dough", {}),
        ("processed", "加工食品", "Processed food", {}),
        ("livestock", "活畜及畜产品", "Live animals and animal products", {}),
        ("inputs", "农业投入品", "Farm inputs", {}),
        ("inputs.seed", "种子", "Seed", {}),
        ("inputs.pesticide", "农药和肥料", "Pesticides and fertilizers", {}),
        ("inputs.veterinary", "兽药", "Veterinary drugs", {}),
        ("industrial", "工业产品", "Industrial products", {}),
        ("engineering", "工程质量", "Construction works", {}),
        ("engineering.material", "工程材料", "Building materials", {}),
        ("engineering.entity", "工程实体", "Structures", {}),
        ("engineering.entity.key", "工程实体关键指标", "Structures: key values", {}),
        ("service", "服务", "Services", {}),
        ("other", "其他", "Other", {}),
    ],
    "setting": [
        ("market", "农贸市场", "farmers' market", {}),
        ("wholesale", "批发市场", "wholesale market", {}),
        ("supermarket", "超市", "supermarket", {}),
        ("shop", "食杂店", "shop", {}),
        ("canteen", "学校食堂", "school canteen", {}),
        ("restaurant", "餐饮单位", "restaurant", {}),
        ("farm", "种养基地", "farm", {}),
        ("slaughter", "屠宰场", "slaughterhouse", {}),
        ("factory", "生产企业", "factory", {}),
        ("online", "网店", "online shop", {}),
        ("site", "建筑工地", "building site", {}),
        ("other", "其他", "other", {}),
    ],
    "premises_type": [
        ("farm", "种养基地（合作社）", "farm or cooperative", {}),
        ("inputs", "农资门店", "farm supplies shop", {}),
        ("veterinary", "兽药店", "veterinary drug shop", {}),
        ("cement", "水泥生产企业", "cement producer", {}),
        ("concrete", "混凝土生产企业", "concrete producer", {}),
        ("materials", "建材经营单位", "building materials shop", {}),
        ("tiles", "瓷砖经营单位", "tile shop", {}),
        ("emitter", "重点减排企业", "key emitting enterprise", {}),
        ("food", "食品经营单位", "food business", {}),
        ("beauty", "美容美发场所", "hairdresser or beauty parlour", {}),
        ("lodging", "住宿场所", "lodging", {}),
        ("internet", "网吧", "internet café", {}),
        ("music", "音乐厅", "concert hall", {}),
        ("shop", "商场（店）", "department store", {}),
        ("cinema", "电影院", "cinema", {}),
        ("school", "学校", "school", {}),
        ("medical", "医疗机构", "medical institution", {}),
        ("site", "建筑工地", "building site", {}),
        ("road", "公路工程", "road works", {}),
        ("bridge", "桥梁工程", "bridge works", {}),
        ("water", "水利工程", "water works", {}),
        ("tourism", "文旅经营单位", "culture or tourism business", {}),
        ("other", "其他", "other", {}),
    ],
    "programme": [
        ("routine", "例行监测", "routine monitoring", {}),
        ("risk", "风险监测", "risk monitoring", {}),
        ("supervision", "监督抽查", "supervisory sampling", {}),
        ("festival", "节前联合监测", "joint monitoring before festivals", {}),
        ("rapid", "快速检测", "rapid tests", {"is_screening": True, "is_planned": False}),
        ("assist", "协助上级抽检", "for a higher authority", {"is_planned": False}),
        ("commissioned", "委托抽检", "commissioned sampling", {}),
    ],
    "inspection_kind": [
        ("supervision", "监督检查", "supervisory inspection", {}),
        ("law", "执法检查", "law enforcement check", {}),
        ("patrol", "日常巡查", "daily patrol", {}),
        ("campaign", "专项检查", "special campaign", {}),
    ],
    "channel": [
        ("hotline", "12345热线", "12345 hotline", {}),
        ("cyber", "网信办转办", "cyberspace administration", {}),
        ("prefecture", "州执法队转办", "prefecture's enforcement team", {}),
        ("platform", "12315平台", "12315 platform", {}),
        ("visit", "来信来访", "letter or visit", {}),
        ("other", "其他", "other", {}),
    ],
    "complaint_kind": [
        ("complaint", "投诉", "complaint", {}),
        ("opinion", "网络舆情", "online opinion", {}),
        ("event", "重大活动投诉", "complaint about a major event", {}),
        ("malicious", "恶性投诉", "malicious complaint", {}),
        ("accident", "重大安全事故投诉", "complaint about a serious accident", {}),
    ],
}


def put_in(apps, schema_editor):
    if not apps.get_model("sectors", "Sector").objects.exists():
        return
    word = apps.get_model("sectors", "RegistryWord")
    word.objects.bulk_create(
        word(kind=kind, code=code, name=name, english=english, position=position, **more)
        for kind, rows in WORDS.items()
        for position, (code, name, english, more) in enumerate(rows)
    )
    apps.get_model("sectors", "CatalogueVersion").objects.update(version=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [
        ("sectors", "0034_cells_of_other_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegistryWord",
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='Valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='Valid to')),
                ('kind', models.CharField(choices=[('category', 'Category'), ('setting', 'Setting'), ('premises_type', 'Type of premises'), ('programme', 'Programme'), ('inspection_kind', 'Kind of inspection'), ('channel', 'Channel'), ('complaint_kind', 'Kind of complaint'), ('item', 'Test item'), ('test_unit', 'Unit of a test'), ('cause', 'Cause')], max_length=16, verbose_name='Kind')),
                ('code', models.CharField(max_length=60, verbose_name='Code')),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('english', models.CharField(blank=True, max_length=60, verbose_name='English name')),
                ('position', models.PositiveSmallIntegerField(verbose_name='Position')),
                ('weight', models.PositiveSmallIntegerField(default=1, verbose_name='Weight')),
                ('is_screening', models.BooleanField(default=False, verbose_name='Screening')),
                ('is_planned', models.BooleanField(default=True, verbose_name='Planned by us')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registry_words', to='sectors.region', verbose_name='Region')),
            ],
            options={
                'verbose_name': 'Word of the registry',
                'verbose_name_plural': 'Words of the registry',
                'ordering': ['kind', 'position', 'code'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'code'), name='registry_word_code_once'), models.CheckConstraint(condition=models.Q(('weight__lte', 1000)), name='registry_word_weight_within_limit')],
            },
        ),
        migrations.RunPython(put_in, migrations.RunPython.noop),
    ]
