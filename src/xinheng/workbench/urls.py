"""Addresses of the workbench: accounts and submissions are named by numbers of ours, never by a person's."""

from django.urls import path

from xinheng.workbench import views

app_name = "workbench"

urlpatterns = [
    path("", views.home, name="home"),
    path("submissions/", views.submissions, name="submissions"),
    path("submissions/<str:number>/", views.submission, name="submission"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/invitations/<int:invitation_id>/withdraw/", views.invitation_withdraw, name="invitation_withdraw"),
    path("people/<int:account_id>/", views.person, name="person"),
    path("people/<int:account_id>/grant/", views.grant, name="grant"),
    path("people/<int:account_id>/close/", views.close, name="close"),
    path("people/grants/<int:grant_id>/revoke/", views.revoke, name="revoke"),
]
