"""Settings with their ranges, parts that own them, and registries of parts."""

import dataclasses
import itertools
import math
import sys

import pytest

from wirgan_tf.config import AXES, Config
from wirgan_tf.data import DATASETS
from wirgan_tf.parts import Part, PartRegistry, Range, check_settings, flag_name, setting, setting_fields

REGISTRIES = {"dataset": DATASETS, **AXES}
PARTS = {(axis, name): part for axis, registry in REGISTRIES.items() for name, part in registry.items()}
TINIEST = sys.float_info.min


@dataclasses.dataclass(frozen=True)
class Shape(Part):
    """A part of this test alone."""

    sides: int = setting(3, "number of sides", at_least=3)
    share: float = setting(0.5, "of the plane", at_least=0, below=1)
    scale: float = setting(1.0, "any finite number")
    filled: bool = setting(False, "whether it is filled")
    colour: str = setting("red", "its colour", choices=("red", "blue"), flag="paint")
    title: str = setting("", "any text")
    unlisted: int = 0


class Square(Shape):
    """Another part with the same settings."""


@dataclasses.dataclass(frozen=True)
class Circle(Part):
    """A part with a setting of its own."""

    radius: float = setting(1.0, "radius", above=0)


@pytest.mark.parametrize(("allowed", "words", "inside", "outside"), [
    (Range(), "finite", [0, -1e308, 10**400], [math.inf, -math.inf, math.nan]),
    (Range(at_least=1), "at least 1", [1, 1.0, 2**70], [0, 1 - 1e-9, -math.inf, math.inf, math.nan]),
    (Range(above=0), "greater than 0", [TINIEST, 1], [0, -0.0, -1, math.inf, math.nan]),
    (Range(at_most=1), "at most 1", [1, -1e308], [1 + 1e-9, -math.inf, math.inf, math.nan]),
    (Range(below=2), "less than 2", [2 - 1e-9, -5], [2, 3, -math.inf, math.nan]),
    (Range(at_least=0, at_most=1), "in [0, 1]", [0, 1], [-TINIEST, 1 + 1e-9, math.nan]),
    (Range(at_least=0, below=1), "in [0, 1)", [0, 1 - 1e-9], [-TINIEST, 1, math.nan]),
    (Range(above=0, at_most=1), "in (0, 1]", [TINIEST, 1], [0, 1 + 1e-9, math.nan]),
    (Range(above=0, below=1), "in (0, 1)", [TINIEST, 0.5], [0, 1, math.nan]),
])
def test_ranges_and_their_words(allowed, words, inside, outside):
    assert str(allowed) == words
    assert [value for value in inside if value not in allowed] == []
    assert [value for value in outside if value in allowed] == []


@pytest.mark.parametrize(("changes", "message"), [
    ({"sides": 2}, "sides=2: must be at least 3"),
    ({"sides": 3.0}, "sides=3.0: expected int"),
    ({"sides": True}, "sides=True: expected int"),
    ({"sides": "3"}, "sides='3': expected int"),
    ({"sides": None}, "sides=None: expected int"),
    ({"share": 1.0}, "share=1.0: must be in [0, 1)"),
    ({"share": math.nan}, "share=nan: must be in [0, 1), and finite"),
    ({"share": math.inf}, "share=inf: must be in [0, 1), and finite"),
    ({"share": False}, "share=False: expected float"),
    ({"share": "0.5"}, "share='0.5': expected float"),
    ({"scale": math.inf}, "scale=inf: must be finite"),
    ({"scale": math.nan}, "scale=nan: must be finite"),
    ({"filled": 1}, "filled=1: expected bool"),
    ({"filled": "True"}, "filled='True': expected bool"),
    ({"colour": "green"}, "colour=green: the choices are red, blue"),
    ({"colour": 3}, "colour=3: expected str"),
    ({"title": None}, "title=None: expected str"),
])
def test_other_values_are_refused_in_one_line(changes, message):
    with pytest.raises(ValueError, match=r"\A.*\Z") as refused:
        Shape(**changes)
    assert str(refused.value) == message
    with pytest.raises(ValueError, match=r"expected|must be|choices"):
        dataclasses.replace(Shape(), **changes)


def test_a_whole_number_is_a_float_and_bounds_are_kept():
    shape = Shape(sides=10**400, share=0, scale=-2, filled=True, colour="blue")
    assert shape.settings() == {"sides": 10**400, "share": 0, "scale": -2, "filled": True, "colour": "blue",
                                "title": ""}


def test_settings_are_the_fields_that_say_what_they_are_about():
    assert list(setting_fields(Shape)) == ["sides", "share", "scale", "filled", "colour", "title"]
    assert setting_fields(Shape(sides=4)) == setting_fields(Shape)
    assert [flag_name(field) for field in setting_fields(Shape).values()] == [
        "sides", "share", "scale", "filled", "paint", "title"]
    assert setting_fields(Part) == {}


def test_any_dataclass_object_can_be_checked():
    @dataclasses.dataclass
    class Request:
        count: int = setting(1, "how many", at_least=1)

    check_settings(Request(2))
    with pytest.raises(ValueError, match="count=0: must be at least 1"):
        check_settings(Request(0))


def test_parts_cannot_be_changed_nor_given_what_they_do_not_have():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Shape().sides = 4
    with pytest.raises(TypeError, match="corners"):
        Shape(corners=3)


def test_a_registry_names_its_parts():
    shapes = PartRegistry("shape", {"polygon": Shape, "square": Square, "circle": Circle})
    assert (Shape.name, Square.name, Circle().name) == ("polygon", "square", "circle")
    assert shapes["square"] is Square
    assert list(shapes) == ["polygon", "square", "circle"]
    with pytest.raises(ValueError, match="unknown shape 'circel'; did you mean 'circle'"):
        shapes["circel"]
    assert shapes.having("sides") == ["polygon", "square"]
    assert shapes.having("radius") == ["circle"]
    assert shapes.having("unlisted") == shapes.having("name") == []


def test_a_class_is_registered_once():
    class Triangle(Part):
        pass

    with pytest.raises(ValueError, match="Triangle is registered as three and as triangle"):
        PartRegistry("shape", {"three": Triangle, "triangle": Triangle})
    with pytest.raises(ValueError, match="Triangle is registered as three and as again"):
        PartRegistry("shape", {"again": Triangle})
    assert Triangle.name == "three"


@pytest.mark.parametrize(("axis", "name"), PARTS)
def test_every_part_stands_by_its_defaults(axis, name):
    """Its settings have types that are checked, a default that is allowed, and a line of help."""
    part = PARTS[axis, name]()
    assert part.name == name
    assert type(part).__doc__
    for key, field in setting_fields(part).items():
        assert field.type in (bool, int, float, str), key
        assert field.metadata["about"], key
        assert getattr(part, key) == field.default, key
    assert set(part.settings()) == {field.name for field in dataclasses.fields(part)}  # nothing but settings


def owners():
    """What has settings beside each other: the run, and each part of each axis."""
    return {("run", "Config"): Config, **PARTS}


@pytest.mark.parametrize("named", [lambda field: field.name, flag_name], ids=["names", "flags"])
def test_parts_that_can_be_chosen_together_share_no_setting(named):
    """Neither with each other nor with the run; and no setting has the name of an axis."""
    names = {owner: {named(field) for field in setting_fields(part).values()} for owner, part in owners().items()}
    shared = {(first, second): names[first] & names[second] for first, second in itertools.combinations(names, 2)
              if first[0] != second[0] and names[first] & names[second]}
    assert shared == {}
    assert [owner for owner, mine in names.items() if mine & set(AXES)] == []
    assert all(len(mine) == len(setting_fields(owners()[owner])) for owner, mine in names.items())


def test_one_setting_of_an_axis_means_the_same_in_all_its_parts():
    """Type, range and flag: a part that replaces another keeps the values of the settings that both have."""
    kinds = {}
    for (axis, _), part in PARTS.items():
        for name, field in setting_fields(part).items():
            kind = (field.type, *(field.metadata[key] for key in ("range", "choices", "safe_to_change", "flag")))
            kinds.setdefault((axis, name), set()).add(kind)
    assert [setting for setting, found in kinds.items() if len(found) > 1] == []
