"""What people see: terminal tables, SVG drawings and the single-file HTML report."""
