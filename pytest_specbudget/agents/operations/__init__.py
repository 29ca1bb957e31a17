"""What needs no model: ids, status, templates, evidence.  It costs nothing and sends nothing."""
