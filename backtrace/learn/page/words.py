"""The words of a lesson's page that are not the lesson's own."""

from __future__ import annotations


def page_words() -> dict[str, str]:
    """Return each text of the page by the name that its markup and script use."""
    return {
        "language": "en",
        "lesson": "Lesson {number}",
        "question": "Question",
        "reason": "The answer, and why",
        "run_says": "The run says {answer}.",
        "explore": "Move it yourself",
        "try": "Try",
        "course": "Lessons",
        "all_lessons": "All lessons",
        "about": "Each page trains a small model beforehand, asks for one number, and lets you"
        " move what it depends on.",
        "needs_script": "The sliders need JavaScript, which this page brings along.",
        "update": "update",
        "loss": "Loss",
        "logarithmic": "logarithmic",
        "hint": "Point at the curve to read it; choose an update to see its table.",
        "parameter": "parameter",
        "shape": "shape",
        "derivation": "The same gradient by hand",
        "answer": "the answer to the question",
        "first_loss": "loss of update 1",
        "last_loss": "last loss",
        "compare": "Compare with the run",
        "untyped": "Type a number such as -3.2 or 1/3, or choose one of the answers.",
        "right": "✓ Right.",
        "wrong": "✗ The run says otherwise.",
        "sign": "The size is right, the sign is not.",
    }
