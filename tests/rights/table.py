"""The table of rights: for every address, what each of seven people gets for GET and for POST.

A row reads `name | address | answers to GET | answers to POST`. Answers stand in the order of PEOPLE: anonymous,
stranger (another visitor), owner, curator, staff without rights, superuser, looking (the superuser who looks as the
owner). One answer alone stands for all. "login" leads to the log-in page, "302" to another page; "!" lets people see
the owner's name, because a secret link that the owner gave away leads there. Words in braces are things of `world.py`.
"""

TABLE = """
health:healthz | /healthz | 200 | 405 405 405 405 405 405 403
health:readyz | /readyz | 503 | 405 405 405 405 405 405 403
health:metrics | /metrics | 404 | 405 405 405 405 405 405 403
media | /media/{picture} | 200 | 405 405 405 405 405 405 403
catalog:my_films | /my-films/ | 200 | 405 405 405 405 405 405 403
catalog:history_imports | /my-films/import/ | 302 200 200 200 200 200 200 | 302 200 200 200 200 200 403
catalog:history | /my-films/import/{history}/ | 404 404 200 404 404 404 200 | 404 404 200 404 404 404 403
catalog:history_review | /my-films/import/{history}/review/ | 404 404 200 404 404 404 200 | 404 404 302 404 404 404 403
catalog:history_films | /my-films/import/{history}/films/ | 404 404 200 404 404 404 200 | 405 405 405 405 405 405 403
catalog:history_undo | /my-films/import/{history}/undo/ | 405 | 404 404 302 404 404 404 403
catalog:history_again | /my-films/import/{history}/go-on/ | 405 | 404 404 302 404 404 404 403
catalog:history_discard | /my-films/import/{history}/forget/ | 405 | 404 404 302 404 404 404 403
catalog:like | /films/{movie}/like/ | 405 | 302 302 302 302 302 302 403
catalog:mark | /films/{movie}/mark/seen/ | 405 | 302 302 302 302 302 302 403
catalog:sign_up | /accounts/sign-up/ | 200 302 302 302 302 302 302 | 200 302 302 302 302 302 403
catalog:login | /accounts/log-in/ | 200 302 302 302 302 302 302 | 200 302 302 302 302 302 403
catalog:logout | /accounts/log-out/ | 405 | 302 302 302 302 302 302 403
catalog:profile | /accounts/ | login 200 200 200 200 200 200 | login 302 302 302 302 302 403
catalog:theme | /accounts/theme/ | 405 | 302 302 302 302 302 302 403
catalog:language | /accounts/language/ | 405 | 302 302 302 302 302 302 403
catalog:change_password | /accounts/password/ | login 200 200 200 200 200 200 | login 200 200 200 200 200 403
catalog:reset_password | /accounts/password/forgotten/ | 200 | 302 302 302 302 302 302 403
catalog:reset_password_sent | /accounts/password/sent/ | 200 | 405 405 405 405 405 405 403
catalog:new_password | /accounts/password/new/{uid}/a-guess/ | 200 | 200 200 200 200 200 200 403
catalog:stop_viewing | /accounts/viewing/stop/ | 405 | 302
catalog:export | /accounts/export/ | login 200 200 200 200 200 200 | 405 405 405 405 405 405 403
catalog:export_json | /accounts/export/movierec.json | login 200 200 200 200 200 403 | 405 405 405 405 405 405 403
catalog:export_letterboxd | /accounts/export/letterboxd/watchlist/ | login 200 200 200 200 200 403 | 405 405 405 405 405 405 403
catalog:delete_account | /accounts/delete/ | login 200 200 200 200 200 200 | login 200 302 200 200 200 403
recommender:home | / | 200 | 405 405 405 405 405 405 403
recommender:recommendations | /recommendations/ | 200 | 405 405 405 405 405 405 403
recommender:start | /start/ | 200 | 405 405 405 405 405 405 403
recommender:films | /films/ | 200 | 405 405 405 405 405 405 403
recommender:film | /films/{movie}/ | 200 | 405 405 405 405 405 405 403
recommender:film | /films/{draft}/ | 404 | 405 405 405 405 405 405 403
recommender:person | /people/{person}/ | 200 | 405 405 405 405 405 405 403
recommender:genre | /genres/{genre}/ | 200 | 405 405 405 405 405 405 403
recommender:poster | /posters/en/{movie}.svg | 200 | 405 405 405 405 405 405 403
recommender:poster | /posters/en/{draft}.svg | 404 | 405 405 405 405 405 405 403
recommender:together | /together/ | 200 | 200 200 200 200 200 200 403
recommender:join_night | /together/join/{invitation}/ | 200! 200! 302 200! 200! 200 302 | 200! 200! 302 200! 200! 200 403
recommender:shared_night | /together/result/{result}/ | 200! | 405 405 405 405 405 405 403
recommender:night | /together/{night}/ | 404 404 200 404 404 404 200 | 405 405 405 405 405 405 403
recommender:veto | /together/{night}/films/{movie}/veto/ | 405 | 404 404 302 404 404 404 403
recommender:invite | /together/{night}/invitation/ | 405 | 404 404 302 404 404 404 403
recommender:share_night | /together/{night}/result/ | 405 | 404 404 302 404 404 404 403
recommender:leave_night | /together/{night}/leave/ | 405 | 404 404 302 404 404 404 403
recommender:map | /map/ | 200 | 405 405 405 405 405 405 403
recommender:map_points | /map/points/{map}.bin | 200 | 405 405 405 405 405 405 403
recommender:map_titles | /map/titles/{map}.en.json | 200 | 405 405 405 405 405 405 403
recommender:map_find | /map/find/ | 200 | 405 405 405 405 405 405 403
recommender:map_film | /map/films/{movie}/ | 200 | 405 405 405 405 405 405 403
recommender:map_film | /map/films/{draft}/ | 404 | 405 405 405 405 405 405 403
recommender:taste | /my-films/taste/ | 200 | 405 405 405 405 405 405 403
jobs:job | /jobs/{job}/ | login 404 200 404 404 200 200 | 405 405 405 405 405 405 403
jobs:progress | /jobs/{job}/progress/ | 200 404 200 404 404 200 200 | 405 405 405 405 405 405 403
jobs:cancel | /jobs/{job}/cancel/ | 405 | login 404 302 404 404 302 403
jobs:retry | /jobs/{job}/retry/ | 405 | login 404 403 404 404 403 403
admin:index | /admin/ | login login login 200 200 200 302 | login login login 200 200 200 302
admin:login | /admin/login/ | 200 200 200 302 302 302 302 | 200 200 200 200 200 200 302
admin:logout | /admin/logout/ | 302 302 302 405 405 405 302 | 302
admin:password_change | /admin/password_change/ | login login login 200 200 200 302 | login login login 200 200 200 302
admin:password_change_done | /admin/password_change/done/ | login login login 200 200 200 302 | login login login 405 405 405 302
admin:autocomplete | /admin/autocomplete/ | login login login 403 403 403 302 | login login login 405 405 405 302
admin:jsi18n | /admin/jsi18n/ | login login login 200 200 200 302 | login login login 405 405 405 302
admin:view_on_site | /admin/r/{user_kind}/{user}/ | login login login 404 404 404 302 | login login login 404 404 404 302
admin:app_list | /admin/catalog/ | login login login 200 404 200 302 | login login login 200 404 200 302
admin/(?P<url>.*)$ | /admin/nowhere/ | login login login 404 404 404 302 | login login login 404 404 404 302
admin:catalog_health | /admin/catalog/movie/health/ | login login login 200 403 200 302 | login login login 405 405 405 302
admin:catalog_movie_merge | /admin/catalog/movie/merge/ | login login login 302 403 302 302 | login login login 302 403 302 302
admin:catalog_movie_fetch_poster | /admin/catalog/movie/{movie}/poster/ | login login login 405 405 405 302 | login login login 302 403 302 302
admin:catalog_catalogueimport_apply | /admin/catalog/catalogueimport/{preview}/apply/ | login login login 405 405 405 302 | login login login 404 403 302 302
admin:catalog_catalogueimport_discard | /admin/catalog/catalogueimport/{preview}/discard/ | login login login 405 405 405 302 | login login login 404 403 302 302
admin:catalog_catalogueimport_undo | /admin/catalog/catalogueimport/{preview}/undo/ | login login login 404 403 302 302 | login login login 404 403 302 302
admin:catalog_catalogueimport_undo | /admin/catalog/catalogueimport/{applied}/undo/ | login login login 200 403 200 302 | login login login 302 403 302 302
admin:catalog_catalogueimport_posters | /admin/catalog/catalogueimport/{preview}/posters/ | login login login 405 405 405 302 | login login login 404 403 302 302
admin:catalog_catalogueimport_change | /admin/catalog/catalogueimport/{preview}/change/ | login login login 404 403 200 302 | login login login 405 403 405 302
admin:catalog_catalogueimport_history | /admin/catalog/catalogueimport/{preview}/history/ | login login login 302 302 200 302 | login login login 302 302 200 302
admin:catalog_export | /admin/catalog/catalogueimport/export/ | login login login 200 403 200 302 | login login login 405 405 405 302
admin:catalog_export_download | /admin/catalog/catalogueimport/export/csv/ | login login login 200 403 200 302 | login login login 405 405 405 302
admin:catalog_user_view_as | /admin/catalog/user/{user}/view-as/ | login login login 405 405 405 302 | login login login 403 403 302 302
admin:auth_user_password_change | /admin/catalog/user/{user}/password/ | login login login 403 403 200 302 | login login login 403 403 200 302
admin:admin_logentry_history | /admin/admin/logentry/{entry}/history/ | login login login 302 302 200 302 | login login login 302 302 200 302
admin:admin_logentry_change | /admin/admin/logentry/{entry}/change/ | login login login 302 403 200 302 | login login login 403 403 403 302
admin:recommender_modelversion_train | /admin/recommender/modelversion/train/ | login login login 403 403 200 302 | login login login 403 403 302 302
admin:recommender_modelversion_refresh | /admin/recommender/modelversion/refresh/ | login login login 405 405 405 302 | login login login 302 403 302 302
admin:recommender_modelversion_activate | /admin/recommender/modelversion/{version}/activate/ | login login login 403 403 200 302 | login login login 403 403 302 302
"""  # noqa: E501 - a table reads better whole

# What POST sends where an empty form would be refused: with it, the answers above are those to a press that counts.
BODIES = {
    "catalog:like": "liked=0",
    "catalog:mark": "on=1",
    "catalog:theme": "theme=dark",
    "catalog:language": "language=en",
    "catalog:profile": "display_name=Somebody+else",
    "catalog:reset_password": "email=nobody@example.org",
    "catalog:delete_account": "password=a+long+old+password",
    "recommender:veto": "on=1",
    "recommender:invite": "on=1",
    "recommender:share_night": "on=1",
}

# The pages that the admin makes for every model: which rights (view, add, change, delete) curators and superusers have
# there, and the thing whose pages are asked for. Addresses that stand in the table above are left out here.
MODELS = {
    "catalog_movie": ("vacd", "vacd", "movie"),
    "catalog_genre": ("vacd", "vacd", "genre"),
    "catalog_country": ("vacd", "vacd", "country"),
    "catalog_person": ("vacd", "vacd", "person"),
    "catalog_catalogueimport": ("va", "va", "preview"),
    "catalog_user": ("", "vacd", "user"),
    "catalog_like": ("", "vacd", "like"),
    "catalog_mark": ("", "vacd", "mark"),
    "auth_group": ("", "vacd", "group"),
    "admin_logentry": ("v", "v", "entry"),
    "jobs_job": ("", "vd", "job"),
    "recommender_modelversion": ("", "v", "version"),
}
