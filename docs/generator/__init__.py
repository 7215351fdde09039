"""Write the generated pages, one module per page."""
