"""Public addresses: no person's identifier is ever part of one."""

from django.urls import path

from xinheng.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/suggestions/", views.suggestions, name="suggestions"),
    path("subjects/<int:subject_id>/", views.subject, name="subject"),
    path("subjects/<int:subject_id>/report/", views.report, name="report"),
    path("subjects/<int:subject_id>/records.csv", views.subject_table, name="subject_table"),
    path("subjects/<int:subject_id>/<slug:slug>/", views.subject_list, name="subject_list"),
    path("records/<uuid:record_id>/", views.record, name="record"),
    path("lists/<slug:slug>/", views.public_list, name="list"),
    path("lists/<slug:slug>.<slug:form>", views.list_table, name="list_table"),
    path("feeds/<slug:slug>.atom", views.feed, name="feed"),
    path("reports/", views.report_again, name="report_again"),
    path("reports/<slug:form>", views.report_file, name="report_file"),
    path("statistics/", views.statistics, name="statistics"),
    path("statistics.csv", views.statistics_csv, name="statistics_csv"),
    path("law/", views.law, name="law"),
    path("law/lists/<slug:list_id>/", views.law_list, name="law_list"),
    path("law/clocks/<slug:clock_id>/", views.law_clock, name="law_clock"),
    path("law/measures/<slug:measure_id>/", views.law_measure, name="law_measure"),
    path("law/<slug:item_id>/", views.law_item, name="law_item"),
    path("help/", views.help_page, name="help"),
    path("help/objection/", views.objection_form, name="objection_form"),
    path("verify/", views.verify, name="verify"),
    path("verify/trust.pem", views.trust, name="report_trust"),
    path("verify/verify_report.py", views.verifier, name="report_verifier"),
    path("sources/", views.sources, name="sources"),
    path("open-data/", views.open_data, name="open_data"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]
