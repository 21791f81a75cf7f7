"""The cluster job's parts fit together, and give every pod what a worker needs."""

import json
import pathlib

import pytest
import yaml

from wirgan_tf.command_line import parse
from wirgan_tf.main import _START_AGAIN, _USAGE
from wirgan_tf.training import strategies

ROOT = pathlib.Path(__file__).parents[2]
PARTS = {part["kind"]: part for part in yaml.safe_load_all((ROOT / "export/k8s/train-job.yaml").read_text())}
JOB = PARTS["Job"]["spec"]
POD = JOB["template"]["spec"]
WORKER, = POD["containers"]


@pytest.fixture(params=range(JOB["completions"]))
def tf_config(request):
    """As Kubernetes fills it in for each pod."""
    index, value = WORKER["env"]
    assert index["valueFrom"]["fieldRef"]["fieldPath"] == (
        "metadata.annotations['batch.kubernetes.io/job-completion-index']")
    return json.loads(value["value"].replace(f"$({index['name']})", str(request.param)))


def test_every_pod_is_a_worker_at_its_own_address(tf_config):
    strategies._check_cluster(tf_config)
    name, service = PARTS["Job"]["metadata"]["name"], PARTS["Service"]["metadata"]["name"]
    port, = (port["containerPort"] for port in WORKER["ports"])
    assert POD["subdomain"] == service
    assert tf_config["cluster"] == {
        "worker": [f"{name}-{index}.{service}:{port}" for index in range(JOB["completions"])]}
    assert JOB["parallelism"] == JOB["completions"]  # or the first would wait for the rest for ever


def test_the_service_gives_the_pods_their_names():
    service = PARTS["Service"]["spec"]
    assert service["clusterIP"] == "None"
    assert service["publishNotReadyAddresses"]
    assert service["selector"] == JOB["template"]["metadata"]["labels"]


def test_the_flags_are_the_programs():
    assert WORKER["command"] == ["python", "-m", "wirgan_tf.main"]
    train = parse(["main", *WORKER["args"]])
    assert train.strategy == "multi_worker"
    assert train.config().batch_size % JOB["completions"] == 0
    mount, = (mount["mountPath"] for mount in WORKER["volumeMounts"])
    assert train.run_dir.startswith(f"{mount}/")
    volume, = POD["volumes"]
    assert volume["persistentVolumeClaim"]["claimName"] == PARTS["PersistentVolumeClaim"]["metadata"]["name"]


def test_what_exit_codes_mean_to_it():
    """A worker that has to be started again is no failure; one with wrong flags fails the job."""
    rules = {code: rule["action"] for rule in JOB["podFailurePolicy"]["rules"]
             for code in rule.get("onExitCodes", {}).get("values", ())}
    assert rules == {_START_AGAIN: "Ignore", _USAGE: "FailJob"}
    assert POD["restartPolicy"] == "Never"  # Kubernetes takes a podFailurePolicy with no other
