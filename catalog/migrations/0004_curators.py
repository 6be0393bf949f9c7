"""A key for films of the same title, where merged films went, and the right to look at the site as a visitor."""

import re
import unicodedata

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

NO_WORD = re.compile(r"[\W_]+")
AT_ONCE = 1000


def fold(text):
    """As the search folds words on the day of this migration."""
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return " ".join(NO_WORD.sub(" ", plain).split())


def write_keys(apps, schema_editor):
    entries = apps.get_model("catalog", "SearchEntry").objects.using(schema_editor.connection.alias)
    after = 0
    while found := list(entries.filter(pk__gt=after).select_related("movie").order_by("pk")[:AT_ONCE]):
        for entry in found:
            entry.title_key = (fold(entry.movie.title) or entry.movie.title.casefold())[:300]
        entries.bulk_update(found, ["title_key"], batch_size=200)
        after = found[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_user_language'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='user',
            options={'permissions': [('view_as_visitor', 'Can look at the site as a visitor sees it')], 'verbose_name': 'user', 'verbose_name_plural': 'users'},
        ),
        migrations.AddField(
            model_name='searchentry',
            name='title_key',
            field=models.CharField(db_index=True, default='', max_length=300, verbose_name='title, folded'),
        ),
        migrations.CreateModel(
            name='MergedFilm',
            fields=[
                ('former_id', models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name='former number')),
                ('merged_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='merged')),
                ('movie', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merged', to='catalog.movie', verbose_name='film')),
            ],
            options={
                'verbose_name': 'merged film',
                'verbose_name_plural': 'merged films',
                'default_permissions': (),
            },
        ),
        migrations.RunPython(write_keys, migrations.RunPython.noop, elidable=True),
    ]
