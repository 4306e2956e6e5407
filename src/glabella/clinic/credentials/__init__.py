"""Who may treat whom: licences, privileges, supervision, standing orders, experience."""
