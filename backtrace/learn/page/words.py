"""The words of a lesson's page that are not the lesson's own."""

from __future__ import annotations

from backtrace.language import current_language, translated


def page_words() -> dict[str, str]:
    """Return each text of the page by the name that its markup and script use."""
    return {
        "language": current_language(),
        "lesson": translated("Lesson {number}"),
        "question": translated("Question"),
        "reason": translated("The answer, and why"),
        "run_says": translated("The run says {answer}."),
        "explore": translated("Move it yourself"),
        "try": translated("Try"),
        "course": translated("Lessons"),
        "all_lessons": translated("All lessons"),
        "about": translated(
            "Each page trains a small model beforehand, asks for one number, and lets you"
            " move what it depends on."
        ),
        "needs_script": translated("The sliders need JavaScript, which this page brings along."),
        "update": translated("update"),
        "loss": translated("Loss"),
        "logarithmic": translated("logarithmic"),
        "hint": translated("Point at the curve to read it; choose an update to see its table."),
        "parameter": translated("parameter"),
        "shape": translated("shape"),
        "derivation": translated("The same gradient by hand"),
        "answer": translated("the answer to the question"),
        "first_loss": translated("loss of update 1"),
        "last_loss": translated("last loss"),
        "compare": translated("Compare with the run"),
        "untyped": translated("Type a number such as -3.2 or 1/3, or choose one of the answers."),
        "right": translated("✓ Right."),
        "wrong": translated("✗ The run says otherwise."),
        "sign": translated("The size is right, the sign is not."),
    }
