"""The workbench (工作台): pages for those who sign in. The public site beside it knows no session."""
