"""The bundle's files agree with each other and with what TensorFlow Serving reads."""

import pathlib
import re

import pytest
import yaml
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format, wrappers_pb2
from tensorflow_serving.config import model_server_config_pb2

ROOT = pathlib.Path(__file__).parents[2]
BUNDLE = ROOT / "export"
FIELD = descriptor_pb2.FieldDescriptorProto
INT64 = ".google.protobuf.Int64Value"

# Of TensorFlow Serving's session_bundle_config.proto and monitoring_config.proto, which its Python package leaves out:
# message -> field -> (number, type, message of the field).
SCHEMA = {
    "BatchingParameters": {
        "max_batch_size": (1, FIELD.TYPE_MESSAGE, INT64), "batch_timeout_micros": (2, FIELD.TYPE_MESSAGE, INT64),
        "max_enqueued_batches": (3, FIELD.TYPE_MESSAGE, INT64), "num_batch_threads": (4, FIELD.TYPE_MESSAGE, INT64),
        "thread_pool_name": (5, FIELD.TYPE_MESSAGE, ".google.protobuf.StringValue")},
    "PrometheusConfig": {"enable": (1, FIELD.TYPE_BOOL, None), "path": (2, FIELD.TYPE_STRING, None)},
    "MonitoringConfig": {"prometheus_config": (1, FIELD.TYPE_MESSAGE, ".PrometheusConfig")},
}


def parsed(name, message):
    return text_format.Parse((BUNDLE / name).read_text(), message)


def message_of_schema(name):
    file = descriptor_pb2.FileDescriptorProto(name="schema.proto", syntax="proto3",
                                              dependency=["google/protobuf/wrappers.proto"])
    for message, fields in SCHEMA.items():
        described = file.message_type.add(name=message)
        for field, (number, kind, of) in fields.items():
            described.field.add(name=field, number=number, type=kind, type_name=of, label=FIELD.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))()


@pytest.fixture(scope="module")
def model():
    config, = parsed("models.config", model_server_config_pb2.ModelServerConfig()).model_config_list.config
    return config


@pytest.fixture(scope="module")
def kubernetes():
    return {document["kind"]: document for document in yaml.safe_load_all((BUNDLE / "kubernetes.yaml").read_text())}


def compose(name="compose.yaml"):
    service, = yaml.safe_load((BUNDLE / name).read_text())["services"].values()
    return service


def flags_of(command):
    return dict(flag.removeprefix("--").partition("=")[::2] for flag in command)


def container(kubernetes):
    only, = kubernetes["Deployment"]["spec"]["template"]["spec"]["containers"]
    return only


def test_the_model_is_one_that_a_flagfile_makes(model):
    assert (ROOT / "configs" / f"{model.name}.flags").is_file()  # whose run, and so its export, has this name
    assert model.base_path == f"/models/{model.name}"
    assert model.model_platform == "tensorflow"
    assert model.model_version_policy.latest.num_versions == 2


def test_batching():
    batching = parsed("batching.config", message_of_schema("BatchingParameters"))
    assert batching.max_batch_size.value == 64  # as many rows as the Python client puts into a request
    assert batching.num_batch_threads.value >= 1
    assert 0 < batching.batch_timeout_micros.value < 100_000


def test_names_that_the_server_does_not_know_would_be_found():
    with pytest.raises(text_format.ParseError, match="max_batch_sise"):
        text_format.Parse("max_batch_sise { value: 64 }", message_of_schema("BatchingParameters"))


def test_monitoring(kubernetes):
    prometheus = parsed("monitoring.config", message_of_schema("MonitoringConfig")).prometheus_config
    assert prometheus.enable
    annotations = kubernetes["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/path"] == prometheus.path
    assert annotations["prometheus.io/port"] == "8501"


def test_compose_mounts_what_it_names():
    service = compose()
    folders = dict(volume.split(":")[1::-1] for volume in service["volumes"])  # inside -> outside
    for path in flags_of(service["command"]).values():
        inside = pathlib.PurePosixPath(path)
        assert (BUNDLE / folders[str(inside.parent)] / inside.name).is_file()
    assert folders["/models"] == "./models"
    assert [port.split(":") for port in service["ports"]] == [["127.0.0.1", port, port] for port in ("8500", "8501")]


def test_compose_with_batching_adds_batching_alone():
    plain, batching = flags_of(compose()["command"]), flags_of(compose("compose.batching.yaml")["command"])
    assert batching == plain | {"enable_batching": "", "batching_parameters_file": "/config/batching.config"}


def test_kubernetes_runs_the_same_server(kubernetes):
    assert container(kubernetes)["image"] == compose()["image"]
    assert re.fullmatch(r"tensorflow/serving:\d+\.\d+\.\d+", compose()["image"])
    assert flags_of(container(kubernetes)["args"]) == flags_of(compose("compose.batching.yaml")["command"])


def test_kubernetes_mounts_what_it_names(kubernetes):
    generated, = yaml.safe_load((BUNDLE / "kustomization.yaml").read_text())["configMapGenerator"]
    volumes = {volume["name"]: volume for volume in kubernetes["Deployment"]["spec"]["template"]["spec"]["volumes"]}
    mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container(kubernetes)["volumeMounts"]}
    assert mounts["/config"]["configMap"]["name"] == generated["name"]
    named = [path for path in flags_of(container(kubernetes)["args"]).values() if path]
    assert sorted(named) == sorted(f"/config/{file}" for file in generated["files"])
    assert mounts["/models"]["persistentVolumeClaim"]["claimName"] == kubernetes["PersistentVolumeClaim"]["metadata"][
        "name"]


def test_health_is_asked_of_the_model(model, kubernetes):
    path = f"/v1/models/{model.name}/metadata"
    for probe in ("startupProbe", "readinessProbe"):
        assert container(kubernetes)[probe]["httpGet"] == {"path": path, "port": "rest"}
    assert path in compose()["healthcheck"]["test"][-1]


def test_the_service_leads_to_the_server(kubernetes):
    ports = {port["name"]: port["containerPort"] for port in container(kubernetes)["ports"]}
    assert ports == {"grpc": 8500, "rest": 8501}
    service = kubernetes["Service"]["spec"]
    assert {port["targetPort"]: port["port"] for port in service["ports"]} == ports
    deployment = kubernetes["Deployment"]["spec"]
    assert service["selector"] == deployment["selector"]["matchLabels"] == deployment["template"]["metadata"]["labels"]


def test_the_readme_says_what_every_file_is_for():
    readme = (BUNDLE / "README.md").read_text()
    files = [path.relative_to(BUNDLE) for path in BUNDLE.rglob("*") if path.is_file()]
    named = [file for file in files if file.parts[0] != "models" and file.suffix not in (".pyc", ".npz", ".gif")]
    assert [str(file) for file in named if f"`{file}`" not in readme and str(file) != "README.md"] == []
