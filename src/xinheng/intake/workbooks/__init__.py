"""Write what goes back to a department: templates, marked workbooks, lists of findings."""
