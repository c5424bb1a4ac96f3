"""What is shown, whatever draws it: cells, rows, headings, sentences."""
