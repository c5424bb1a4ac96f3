"""What is measured, on which data, and how it is added up."""
