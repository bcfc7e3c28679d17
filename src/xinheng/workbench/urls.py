"""Addresses of the workbench: accounts and submissions are named by numbers of ours, never by a person's."""

from django.urls import path

from xinheng.workbench import views

app_name = "workbench"

urlpatterns = [
    path("", views.home, name="home"),
    path("submissions/", views.submissions, name="submissions"),
    path("submissions/<str:number>/", views.submission, name="submission"),
    path("deadlines/", views.monitoring.deadlines, name="deadlines"),
    path("quality/", views.monitoring.quality, name="quality"),
    path("quality/rows/", views.monitoring.quality_rows, name="quality_rows"),
    path("overview/", views.monitoring.overview, name="overview"),
    path("bulletin/", views.monitoring.bulletin, name="bulletin"),
    path("zero-reports/", views.zero_reports, name="zero_reports"),
    path("zero-reports/state/", views.zero_report_state, name="zero_report_state"),
    path("zero-reports/<int:report_id>/certify/", views.zero_report_certify, name="zero_report_certify"),
    path("zero-reports/<int:report_id>/return/", views.zero_report_return, name="zero_report_return"),
    path("zero-reports/<int:report_id>/withdraw/", views.zero_report_withdraw, name="zero_report_withdraw"),
    path("gaps/", views.gaps, name="gaps"),
    path("gaps/explain/", views.gap_explain, name="gap_explain"),
    path("reconciliations/", views.reconciliations, name="reconciliations"),
    path("reconciliations/compare/", views.reconcile, name="reconcile"),
    path("reconciliations/<int:reconciliation_id>/", views.reconciliation, name="reconciliation"),
    path("tables/<slug:slug>.<slug:form>", views.monitoring.table, name="table"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/invitations/<int:invitation_id>/withdraw/", views.invitation_withdraw, name="invitation_withdraw"),
    path("people/<int:account_id>/", views.person, name="person"),
    path("people/<int:account_id>/grant/", views.grant, name="grant"),
    path("people/<int:account_id>/close/", views.close, name="close"),
    path("people/grants/<int:grant_id>/revoke/", views.revoke, name="revoke"),
]
