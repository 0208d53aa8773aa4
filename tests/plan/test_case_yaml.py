"""YAML is read safely, and every surprise of it is decided."""

import pytest

from rackwright.base.errors import InputError
from rackwright.plan.case_file import decode, read_text
from rackwright.plan.case_yaml import LARGEST_DEPTH, LARGEST_FILE, read_tree


def plain(text):
    root, faults = read_tree(text, "t")
    assert faults == []
    return root.plain()


def first_fault(text):
    try:
        _, faults = read_tree(text, "t")
    except InputError as error:
        return error.faults[0]
    return faults[0]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("2027-01-04", "2027-01-04"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("010", 10),
        ("true", True),
        ("null", None),
        ("", None),
        ("~", None),
        ("'3'", "3"),
        ("!!str 3", "3"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-7", -7),
        ("+7", 7),
        ("40 ms", "40 ms"),
        ("=", "="),
    ],
)
def test_scalars_are_read_as_people_mean_them(written, read):
    value = plain(f"a: {written}")["a"]
    assert (value, type(value)) == (read, type(read))


def test_places_of_keys_and_values_count_from_one():
    root, _ = read_tree("a:\n  b: [1, two]\n", "t")
    assert (root.find(["a", "b", 1]).line, root.find(["a", "b", 1]).column) == (2, 10)
    assert (root.find(["a", "b"], want_key=True).line, root.find(["a", "b"], want_key=True).column) == (2, 3)
    assert root.find(["a", "nothing", "here"]) is root.find(["a"])


def test_an_alias_stands_for_its_value():
    assert plain("a: &x {n: 1}\nb: *x\n") == {"a": {"n": 1}, "b": {"n": 1}}


def test_every_repeated_key_is_a_fault_at_its_place():
    _, faults = read_tree("a: 1\nb: {c: 1, c: 2}\na: 3\n", "t")
    assert [(f.line, f.column, f.message) for f in faults] == [
        (2, 11, "`c` is stated twice"),
        (3, 1, "`a` is stated twice"),
    ]


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("", "empty", 0),
        ("# nothing\n", "empty", 0),
        ("---\n", "empty", 0),
        ("null", "empty", 0),
        ("- a\n", "a list", 1),
        ("case", "a single value", 1),
        ("a: 1\n---\nb: 2\n", "second document", 2),
        ("a: !!python/object/apply:os.system [ls]\n", "tag", 1),
        ("a: !mine 3\n", "tag", 1),
        ("a: !!binary aGk=\n", "tag", 1),
        ("a: .nan\n", "not a number", 1),
        ("a: -.inf\n", "not a number", 1),
        ("a: 1e999\n", "too large", 1),
        ("a: " + "9" * 5000 + "\n", "too long", 1),
        ("a: *x\n", "no anchor", 1),
        ("a: &x [*x]\n", "holds it", 1),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "merge keys", 3),
        ("a:\n\t- b\n", "not valid YAML", 2),
        ("a: [1, 2\n", "not valid YAML", 2),
        ("a: b: c\n", "not valid YAML", 1),
        ("a: 'x\n", "not valid YAML", 2),
        ("? [a, b]\n: c\n", "plain word", 1),
        ("? {a: b}\n: c\n", "plain word", 1),
        ("'': 1\n", "a key is empty", 1),
        ("%YAML 9.9\n---\na: 1\n", "not valid YAML", 1),
        ("a: \x07\n", "U+0007", 1),
        ("a: 1\nb: \ud800\n", "U+D800", 2),
        (BOMB, "more than", 5),
        ("a: " + "[" * 5000 + "]" * 5000, "levels deep", 1),
        ("a: " + "{a: " * 100 + "}" * 100, "levels deep", 1),
    ],
)
def test_what_cannot_be_read_is_one_located_fault(text, said, line):
    fault = first_fault(text)
    assert said in fault.message
    assert fault.line == line


def test_depth_up_to_the_bound_is_fine():
    assert plain("a: " + "[" * (LARGEST_DEPTH - 1) + "]" * (LARGEST_DEPTH - 1))


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1"])
def test_encodings(tmp_path, coding):
    file = tmp_path / "case.yaml"
    file.write_bytes("name: Köln\n".encode(coding))
    if coding == "utf-8-sig":
        assert read_text(file) == "name: Köln\n"
        return
    with pytest.raises(InputError, match="UTF-8") as caught:
        read_text(file)
    assert caught.value.faults[0].line == 1


def test_the_place_of_a_wrong_byte_is_said():
    with pytest.raises(InputError) as caught:
        decode(b"a: 1\nb: \xe9\n", "t")
    assert (caught.value.faults[0].line, caught.value.faults[0].column) == (2, 4)


def test_a_large_file_is_refused_without_reading_it(tmp_path):
    file = tmp_path / "case.yaml"
    with file.open("wb") as stream:
        stream.truncate(50_000_000)
    with pytest.raises(InputError, match="50,000,000 bytes"):
        read_text(file)


def test_a_long_text_is_refused():
    assert "larger" in first_fault("a" * (LARGEST_FILE + 1)).message


@pytest.mark.parametrize(
    ("name", "said"), [(".", "folder"), ("nothing.yaml", "no such file"), ("a\0b", "no such|cannot be read")]
)
def test_what_is_no_file_is_refused(tmp_path, name, said):
    with pytest.raises(InputError, match=said):
        read_text(tmp_path / name)


def test_a_device_is_refused():
    from pathlib import Path

    with pytest.raises(InputError, match="regular"):
        read_text(Path("/dev/zero"))
