"""Read a department's file (XLSX, XLS, CSV) into one cleaned, masked table."""
