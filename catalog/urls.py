"""Addresses of accounts and of what a visitor keeps."""

from django.contrib.auth.views import LogoutView
from django.urls import path, register_converter

from catalog.converters import MarkKind, RowId
from catalog.views import accounts, export, history, shelf, viewing

register_converter(RowId, "row_id")
register_converter(MarkKind, "mark")

app_name = "catalog"
urlpatterns = [
    path("my-films/", shelf.my_films, name="my_films"),
    path("my-films/import/", history.imports, name="history_imports"),
    path("my-films/import/<row_id:pk>/", history.history, name="history"),
    path("my-films/import/<row_id:pk>/review/", history.review, name="history_review"),
    path("my-films/import/<row_id:pk>/films/", history.films, name="history_films"),
    path("my-films/import/<row_id:pk>/undo/", history.undo, name="history_undo"),
    path("my-films/import/<row_id:pk>/go-on/", history.again, name="history_again"),
    path("my-films/import/<row_id:pk>/forget/", history.discard, name="history_discard"),
    path("films/<row_id:pk>/like/", shelf.like, name="like"),
    path("films/<row_id:pk>/mark/<mark:kind>/", shelf.mark, name="mark"),
    path("accounts/sign-up/", accounts.sign_up, name="sign_up"),
    path("accounts/log-in/", accounts.LogIn.as_view(), name="login"),
    path("accounts/log-out/", LogoutView.as_view(), name="logout"),
    path("accounts/", accounts.profile, name="profile"),
    path("accounts/theme/", accounts.theme, name="theme"),
    path("accounts/language/", accounts.language, name="language"),
    path("accounts/password/", accounts.ChangePassword.as_view(), name="change_password"),
    path("accounts/password/forgotten/", accounts.ResetPassword.as_view(), name="reset_password"),
    path("accounts/password/sent/", accounts.ResetPasswordSent.as_view(), name="reset_password_sent"),
    path("accounts/password/new/<uidb64>/<token>/", accounts.NewPassword.as_view(), name="new_password"),
    path("accounts/viewing/stop/", viewing.stop, name="stop_viewing"),
    path("accounts/export/", export.choose, name="export"),
    path("accounts/export/movierec.json", export.everything, name="export_json"),
    path("accounts/export/letterboxd/<slug:part>/", export.letterboxd, name="export_letterboxd"),
    path("accounts/delete/", accounts.delete_account, name="delete_account"),
]
