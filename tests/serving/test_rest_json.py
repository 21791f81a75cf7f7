"""The JSON rules of TensorFlow Serving's REST API (its documentation, and util/json_tensor.cc), a row for each."""

import json

import grpc
import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.serving.errors import ServingError
from wirgan_tf.serving.loaded_model import Signature, TensorSpec
from wirgan_tf.serving.rest_json import answer, check_examples, inputs_of, parse


def signature(**inputs):
    """A signature whose inputs have these types; their shapes are not looked at here."""
    return Signature("s", {name: TensorSpec(f"{name}:0", dtype, tf.TensorShape(None))
                           for name, dtype in inputs.items()}, {})


ONE, TWO = signature(x=tf.float32), signature(a=tf.float32, b=tf.int64)


def arrays(text, of=ONE):
    return inputs_of(parse(text.encode()), of)


@pytest.mark.parametrize(("text", "of", "expected"), [
    # Row format: a dimension for the rows is added to every instance.
    ('{"instances": [1.5]}', ONE, {"x": np.array([1.5], np.float32)}),
    ('{"instances": [[1, 2], [3, 4]]}', ONE, {"x": np.array([[1, 2], [3, 4]], np.float32)}),
    ('{"instances": [{"x": 1.5}]}', ONE, {"x": np.array([1.5], np.float32)}),
    ('{"instances": [{"a": [1], "b": 2}, {"b": 4, "a": [3]}]}', TWO,
     {"a": np.array([[1], [3]], np.float32), "b": np.array([2, 4])}),
    # Column format: tensors as they are, so that scalars can be sent.
    ('{"inputs": 1.5}', ONE, {"x": np.array(1.5, np.float32)}),
    ('{"inputs": [[]]}', ONE, {"x": np.zeros([1, 0], np.float32)}),
    ('{"inputs": {"x": [1.5]}}', ONE, {"x": np.array([1.5], np.float32)}),
    ('{"inputs": {"a": 1, "b": [[2], [3]], "more": 0}}', TWO,
     {"a": np.array(1, np.float32), "b": np.array([[2], [3]])}),
    # Numbers: exponents, and the three words that JSON does not have.
    ('{"inputs": [1e2, -0.5, NaN, Infinity, -Infinity]}', ONE,
     {"x": np.array([100, -0.5, np.nan, np.inf, -np.inf], np.float32)}),
    ('{"inputs": [16777215, 3.4e38]}', ONE, {"x": np.array([16777215, 3.4e38], np.float32)}),
    ('{"inputs": [9007199254740991]}', signature(x=tf.float64), {"x": np.array([9007199254740991.0])}),
    ('{"inputs": [18446744073709551615]}', signature(x=tf.uint64), {"x": np.array([2**64 - 1], np.uint64)}),
    ('{"inputs": [-128, 127]}', signature(x=tf.int8), {"x": np.array([-128, 127], np.int8)}),
    ('{"inputs": [true, false]}', signature(x=tf.bool), {"x": np.array([True, False])}),
    # Strings are UTF-8; bytes are an object of base64, with or without its padding.
    ('{"instances": ["a\\u00e9", {"b64": "aGk="}, {"b64": "aGk"}]}', signature(x=tf.string),
     {"x": np.array([b"a\xc3\xa9", b"hi", b"hi"], object)}),
    ('{"inputs": {"b64": "aGk="}}', signature(x=tf.string), {"x": np.array(b"hi", object)}),
])
def test_arrays(text, of, expected):
    found, rows = arrays(text, of)
    assert rows == ("instances" in text)
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize(("text", "of", "message"), [
    ("", ONE, "JSON Parse error: The document is empty"),
    ("instances = [1, 2]", ONE, "JSON Parse error"),
    ('{"inputs": [1.0]', ONE, "JSON Parse error"),
    ('{"inputs": [' + "1" * 5000 + "]}", ONE, "JSON Parse error"),
    ('{"inputs": ' + "[" * 100_000, ONE, "JSON Parse error: lists are nested too deeply"),
    ("[1.0]", ONE, "Is not object"),
    ("{}", ONE, "Missing 'inputs' or 'instances' key"),
    ('{"inputs": [1.0], "instances": [1.0]}', ONE, "only one of 'inputs' or 'instances'"),
    ('{"signature_name": 3, "inputs": [1.0]}', ONE, "'signature_name' key must be a string value."),
    ('{"instances": 1.0}', ONE, "Excepting 'instances' to be an list/array"),
    ('{"instances": []}', ONE, "No values in 'instances' array"),
    ('{"instances": [1.0, {"x": 1.0}]}', ONE, "Expecting value/list but got object"),
    ('{"instances": [{"x": 1.0}, 1.0]}', ONE, "Expecting object but got list at item 1"),
    ('{"instances": [{"x": 1.0}, {"y": 1.0}]}', ONE, "element: 1 .* keys must be equal to: x"),
    ('{"instances": [{"a": 1.0}]}', TWO, 'JSON object: {"a"} keys must be equal to: a,b'),
    ('{"instances": [1.0]}', TWO, "instances is a plain list, but expecting list of objects"),
    ('{"inputs": [1.0]}', TWO, "inputs is a plain value/list, but expecting an object"),
    ('{"inputs": {"a": 1.0}}', TWO, "Missing named input: b in 'inputs' object."),
    ('{"inputs": [[1.0], [1.0, 2.0]]}', ONE, "unexpected size: 2 at level: 1 expected size: 1"),
    ('{"inputs": [[1.0], 1.0]}', ONE, "1.0 found at incorrect level"),
    ('{"inputs": [1.0, [1.0]]}', ONE, "list at unexpected level: 1"),
    ('{"inputs": ["1"]}', ONE, '"1" Type: String is not of expected type: float'),
    ('{"inputs": [true]}', ONE, "true Type: Bool is not of expected type: float"),
    ('{"inputs": [null]}', ONE, "null Type: Null is not of expected type: float"),
    ('{"inputs": [{"b64": "aGk="}]}', ONE, "Type: Object is not of expected type: float"),
    ('{"inputs": [16777217]}', ONE, "16777217 to float32 without loss of precision"),
    ('{"inputs": [1e39]}', ONE, "1e.39 to float32 without loss of precision"),
    ('{"inputs": [1.0]}', signature(x=tf.int64), "1.0 Type: Number is not of expected type: int64"),
    ('{"inputs": [9223372036854775808]}', signature(x=tf.int64), "is not of expected type: int64"),
    ('{"inputs": [256]}', signature(x=tf.uint8), "is not of expected type: uint8"),
    ('{"inputs": [1]}', signature(x=tf.bool), "1 Type: Number is not of expected type: bool"),
    ('{"inputs": [1]}', signature(x=tf.string), "1 Type: Number is not of expected type: string"),
    ('{"inputs": [{"b64": 3}]}', signature(x=tf.string), "not formatted correctly for base64 data"),
    ('{"inputs": [{"b64": "a", "c": 1}]}', signature(x=tf.string), "not formatted correctly for base64 data"),
    ('{"inputs": [{"b64": "?"}]}', signature(x=tf.string), "Unable to base64 decode"),
    ('{"inputs": ["\\ud800"]}', signature(x=tf.string), "is no Unicode text"),
])
def test_what_cannot_be_understood(text, of, message):
    with pytest.raises(ServingError, match=message) as raised:
        arrays(text, of)
    assert raised.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert len(raised.value.message) < 1100


def test_text_in_another_encoding_is_not_json():
    with pytest.raises(ServingError, match="JSON Parse error"):
        parse(b'{"inputs": "\xff\xfe"}')


def test_a_type_without_json_is_unimplemented():
    with pytest.raises(ServingError, match="Conversion of JSON values to type: float16") as raised:
        arrays('{"inputs": [1.0]}', signature(x=tf.float16))
    assert raised.value.code == grpc.StatusCode.UNIMPLEMENTED


FLOATS = np.array([0.1, 2.0], np.float32)


@pytest.mark.parametrize(("outputs", "rows", "expected"), [
    # A single output goes without its name; float32 values in the fewest digits that give them back.
    ({"y": FLOATS}, True, '{"predictions":[0.1,2.0]}'),
    ({"y": FLOATS}, False, '{"outputs":[0.1,2.0]}'),
    ({"y": np.array(0.1, np.float32)}, False, '{"outputs":0.1}'),
    ({"y": FLOATS, "n": np.array([[1], [2]])}, True, '{"predictions":[{"y":0.1,"n":[1]},{"y":2.0,"n":[2]}]}'),
    ({"y": FLOATS, "n": np.array(3)}, False, '{"outputs":{"y":[0.1,2.0],"n":3}}'),
    ({"y": np.zeros([2, 0], np.float32)}, True, '{"predictions":[[],[]]}'),
    ({"y": np.zeros([0, 2], np.float32)}, False, '{"outputs":[]}'),
    ({"y": np.array([True, False])}, True, '{"predictions":[true,false]}'),
    ({"y": np.array([2**64 - 1], np.uint64)}, True, '{"predictions":[18446744073709551615]}'),
    ({"y": np.array([0.5], np.float16)}, True, '{"predictions":[0.5]}'),
    ({"y": np.array([0.5], tf.bfloat16.as_numpy_dtype)}, True, '{"predictions":[0.5]}'),
    ({"y": FLOATS[::-1]}, True, '{"predictions":[2.0,0.1]}'),
    # Strings are text, or base64 when the output's name ends in _bytes.
    ({"text": np.array([b"a\xc3\xa9"], object)}, True, '{"predictions":["aé"]}'),
    ({"png_bytes": np.array([[b"\xff"]], object)}, True, '{"predictions":[[{"b64":"/w=="}]]}'),
    ({"png_bytes": np.array(b"\xff", object)}, False, '{"outputs":{"b64":"/w=="}}'),
])
def test_answers(outputs, rows, expected):
    assert answer(outputs, rows).decode() == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, tf.bfloat16.as_numpy_dtype])
def test_numbers_that_json_has_no_words_for(dtype):
    text = answer({"y": np.array([np.nan, np.inf, -np.inf, 0.5], dtype), "z": np.zeros(4, np.float32)}, False).decode()
    assert "[NaN, Infinity, -Infinity, 0.5]" in text
    assert json.loads(text)["outputs"]["z"] == [0, 0, 0, 0]


@pytest.mark.parametrize(("outputs", "message"), [
    ({"mean": np.array(1.0)}, "Tensor name: mean has no shape information"),
    ({"a": np.zeros(2), "b": np.zeros(1)}, "inconsistent batch sizes: {'a': 2, 'b': 1}"),
    ({"z": np.zeros(1, np.complex64)}, "Failed to write JSON value for tensor type: complex64"),
    ({"text": np.array([b"\xff"], object)}, "only outputs whose name ends in _bytes"),
])
def test_answers_that_rows_cannot_hold(outputs, message):
    with pytest.raises(ServingError, match=message):
        answer(outputs, True)


@pytest.mark.parametrize("document", [{}, {"examples": []}, {"examples": {"x": 1}}])
def test_classify_and_regress_need_examples(document):
    with pytest.raises(ServingError, match="expected 'examples'"):
        check_examples(document)
    check_examples({"examples": [{"x": 1}]})
