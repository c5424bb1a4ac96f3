"""The page of a lesson in a real browser: sliders move all that depends on them."""

from __future__ import annotations

import pytest

from backtrace.learn.catalogue import find_lesson
from backtrace.learn.page.lesson_page import lesson_page
from backtrace.learn.read_lesson import read_lesson

pytestmark = pytest.mark.browser


def write(name, folder):
    entry = find_lesson(name)
    path = folder / "lesson.html"
    path.write_text(lesson_page(entry, read_lesson(entry.path, entry.name)), "utf-8")
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write("zero_grad", tmp_path_factory.mktemp("pages"))


def test_sliders_move_by_keyboard(path, open_page):
    opened = open_page(path)
    page = opened.page
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []

    def seen():
        row = page.locator("#overview tr.now").inner_text().split()
        last = page.locator(".derivation").inner_text()
        return row[0], row[1], page.locator("#table h3").inner_text(), f" {row[1]}" in last

    assert seen() == ("0.01", "-18.9093", "update 2 · SGD, lr 0.01", True)
    curve = page.locator("#curve path.s0").get_attribute("d")
    page.locator("#by-place").focus()
    page.keyboard.press("ArrowRight")
    assert seen() == ("0.03", "-16.7082", "update 2 · SGD, lr 0.03", True)
    assert page.locator("#curve path.s0").get_attribute("d") != curve
    assert page.locator("#by-place").get_attribute("aria-valuetext") == "0.03"
    page.keyboard.press("Home")
    assert seen()[0] == "0.0001"
    page.locator("#by-update").focus()
    page.keyboard.press("End")
    assert page.locator("#table h3").inner_text().startswith("update 4")
    page.locator("#overview tbody tr").nth(4).click()
    assert seen()[0] == "0.1" and page.locator("#table h3").inner_text().startswith("update 4")


def test_an_answer_is_held_against_the_run(path, open_page):
    page = open_page(path).page
    for typed, said in (
        ("-18.9", "✓ Right."),
        ("-8.904", "still stood there"),
        ("18.9", "the sign is not"),
        ("many", "Type a number"),
    ):
        page.locator("#typed").fill(typed)
        page.keyboard.press("Enter")
        assert said in page.locator("#judged").inner_text()
    assert page.locator("#reason").get_attribute("open") is not None
    assert "The run says -18.9093." in page.locator("#reason").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(path, open_page, scheme):
    page = open_page(path, viewport={"width": 360, "height": 740}, color_scheme=scheme).page
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (background == "rgb(255, 255, 255)") is (scheme == "light")


def test_a_slider_over_many_keys_fits_a_phone(tmp_path, open_page):
    page = open_page(write("vanishing", tmp_path), viewport={"width": 390, "height": 844}).page
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_fonts_for_chinese_are_named(path, open_page):
    page = open_page(path).page
    for where in ("body", ".derivation"):
        used = page.locator(where).first.evaluate("each => getComputedStyle(each).fontFamily")
        assert "PingFang SC" in used and "Noto Sans CJK SC" in used
