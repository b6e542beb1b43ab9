"""What the commands share."""

import argparse

import pytest

from graves_tf.command import run_command


def run(function, capsys):
    parser = argparse.ArgumentParser()
    status = run_command("prog", parser, function, [])
    return status, capsys.readouterr().err


def test_a_missing_package_is_named(capsys):
    def needs_it(options):
        import a_package_of_nobodys.part  # noqa: F401

    status, said = run(needs_it, capsys)
    assert status == 2
    assert said == (
        "prog: this needs the Python package a_package_of_nobodys, which is "
        "not installed here.\n"
    )


def test_a_missing_part_of_this_package_is_a_fault_of_ours():
    def lacks_it(options):
        import graves_tf.nowhere  # noqa: F401

    with pytest.raises(ModuleNotFoundError, match=r"graves_tf\.nowhere"):
        run_command("prog", argparse.ArgumentParser(), lacks_it, [])


def test_interrupted(capsys):
    def interrupt(options):
        raise KeyboardInterrupt

    assert run(interrupt, capsys) == (130, "prog: interrupted\n")
