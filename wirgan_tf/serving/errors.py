"""What clients receive when a request fails: TensorFlow Serving's status codes, over gRPC and over HTTP."""

import grpc
import tensorflow as tf

# TensorFlow Serving's own table (model_servers/http_server.cc); 499 is its "client closed request".
HTTP_STATUS = {
    grpc.StatusCode.OK: 200,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNKNOWN: 500,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DATA_LOSS: 500,
    grpc.StatusCode.UNAUTHENTICATED: 401,
}
_LONGEST = 1000
_CODES = {code.value[0]: code for code in grpc.StatusCode}  # TensorFlow and gRPC number them alike


class ServingError(Exception):
    """A request that cannot be answered.

    Args:
      code: what kind of failure it is.
      message: one line for the client; cut where it is longer than the headers of an answer may be.
      http_status: over HTTP; default: the code's own.
    """

    def __init__(self, code: grpc.StatusCode, message: str, http_status: int | None = None):
        super().__init__(message)
        self.code = code
        self.message = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}..."
        self.http_status = http_status or HTTP_STATUS[code]


def invalid(message: str) -> ServingError:
    """The client's mistake: INVALID_ARGUMENT, 400."""
    return ServingError(grpc.StatusCode.INVALID_ARGUMENT, message)


def from_exception(error: Exception) -> ServingError:
    """The same failure as a status, its cause the error itself.

    TensorFlow's errors keep their code, all others are INTERNAL.
    """
    if isinstance(error, ServingError):
        return error
    if isinstance(error, tf.errors.OpError):
        failure = ServingError(_CODES.get(error.error_code, grpc.StatusCode.UNKNOWN), _one_line(error.message))
    else:
        failure = ServingError(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {_one_line(str(error))}")
    failure.__cause__ = error
    return failure


def _one_line(message: str) -> str:
    """`message` without the words a Session puts before every error, and the graph's nodes that it puts after."""
    return " ".join(message.removeprefix("Graph execution error:").split("[[{{")[0].split())
