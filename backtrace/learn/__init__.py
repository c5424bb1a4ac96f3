"""The course: lessons that are data, whose right answers are computed by the run they show."""
