"""The plugin as it is installed, in a pytest of its own."""

from __future__ import annotations

import sys

import pytest
from made_targets import LINEAR

pytest_plugins = "pytester"


@pytest.fixture
def configs(pytester, monkeypatch):
    monkeypatch.chdir(pytester.path)
    folder = pytester.mkdir("configs")
    (folder / "fine.yaml").write_text(LINEAR)
    (folder / "missed.yaml").write_text(LINEAR + "expect: {loss: {below: 0}}\n")
    (folder / "other.yaml").write_text("on: push\njobs: {}\n")
    return folder


def run(pytester, *words):
    names = ("-p", "no:cacheprovider", "-p", "no:xdist")
    return pytester.runpytest_subprocess(*names, *words)


@pytest.mark.usefixtures("warm_processes")
def test_each_config_is_a_test_with_a_readable_failure(pytester, configs):
    result = run(pytester, "--backtrace", "configs", "--backtrace-limit", "2", "-vv")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "configs/fine.yaml::backtrace PASSED*",
            "configs/missed.yaml::backtrace FAILED*",
            "*expect.loss.below: the loss went from 5.38722 to *in 2 updates; it should end*",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")
    result.stdout.no_fnmatch_line("*other.yaml*")


@pytest.mark.usefixtures("warm_processes")
def test_the_fixture_checks_scripts_and_the_summary_has_reasons(pytester, configs, monkeypatch):
    from made_targets import NEVER_CLEARED

    monkeypatch.setenv("COLUMNS", "70")
    pytester.makefile(".py", train=NEVER_CLEARED)
    pytester.makepyfile(
        test_it="""
        import pytest

        @pytest.mark.parametrize("script", ["train.py"])
        def test_script(script, backtrace_check):
            backtrace_check(script, limit=3)

        def test_config(backtrace_check):
            assert backtrace_check("configs/fine.yaml", limit=2).diagnosis.updates == 2
        """
    )
    result = run(pytester, "test_it.py", "--backtrace", "configs/missed.yaml")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "FAILED test_it.py::test_script* BT101*",
            "FAILED configs/missed.yaml::backtrace - expect.l*",
        ],
        consecutive=False,
    )
    told = [line for line in result.outlines if line.startswith(" " * 11)]
    assert 60 < max(map(len, told)) <= 70  # as the terminal is


@pytest.mark.usefixtures("warm_processes")
def test_a_file_that_is_named_is_always_taken(pytester, configs):
    result = run(pytester, "--backtrace", "configs/other.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*could not run*", "*model: missing*"])


def test_without_the_flag_nothing_is_collected_or_imported(pytester, configs):
    pytester.makepyfile(
        """
        import sys

        def test_nothing_came_in():
            ours = [name for name in sys.modules if name.startswith("backtrace")]
            light = {"", ".announce", ".pytest_plugin", ".version"}
            assert set(ours) <= {f"backtrace{name}" for name in light}
            assert "torch" not in sys.modules
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1)
    assert "configs" not in result.stdout.str()


def test_it_is_registered_under_pytest11():
    from importlib.metadata import entry_points

    (found,) = [each for each in entry_points(group="pytest11") if each.name == "backtrace"]
    assert found.value == "backtrace.pytest_plugin"
    assert sys.modules["backtrace.pytest_plugin"]
