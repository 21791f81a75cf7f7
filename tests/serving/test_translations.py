"""A model that translates pictures, served as an export gives it."""

import asyncio
import base64
import io
import pathlib
import subprocess

import numpy as np
import pytest
import wirgan_client
from PIL import Image
from wirgan_client import Client, ClientError

from tests.exporting.test_decoding import encoded, header
from tests.serving import browser
from tests.serving.conftest import running
from tests.serving.test_clients import CURLS, client_of

PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 256, [13, 9], np.uint8))


@pytest.fixture(scope="module")
def server(colouring):
    with running(colouring[1].parent) as server:
        yield server


@pytest.fixture(params=["REST", "gRPC"])
def client(request, server):
    return Client(client_of(request.param, server.server, "colouring"))


@pytest.fixture(scope="module")
def tints(tinting):
    with running(tinting[1].parent) as server:
        yield server


def opened(file):
    return np.asarray(Image.open(io.BytesIO(file)))


def ask(server, *contents):
    rows = [{"source_bytes": {"b64": base64.b64encode(content).decode()}} for content in contents]
    return server.post("/v1/models/colouring:predict", {"signature_name": "translate_png_rows", "instances": rows})


def test_pictures_of_several_sizes(client):
    found = [opened(file) for file in client.translate([encoded(PICTURE), encoded(PICTURE.resize((1, 1))),
                                                        encoded(PICTURE.resize((30, 20)), "JPEG")])]
    assert [image.shape for image in found] == [(13, 9, 3), (1, 1, 3), (20, 30, 3)]


@pytest.mark.parametrize(("content", "message"), [
    (header(4000, 3000), "source_bytes must be of at most 2097152 pixels, got] [3000] [x] [4000]"),
    (encoded(PICTURE)[:60], "Invalid PNG data"),
    (b"no picture", "source_bytes must be a PNG or JPEG file"),
])
def test_a_picture_that_is_refused_leaves_the_server_alive(server, client, content, message):
    response = ask(server, content)
    assert response.status_code == 400
    assert message in response.json()["error"]
    with pytest.raises(ClientError, match=r"answered (400|INVALID_ARGUMENT)"):
        client.translate([content])
    assert ask(server, encoded(PICTURE.resize((1, 1)))).status_code == 200


@pytest.mark.parametrize("kind", ["--url", "--grpc"])
def test_the_program(server, kind, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    address = server.server.rest_address if kind == "--url" else server.server.grpc_address
    common = ["--model=colouring", f"{kind}={address}", "--output=out/"]
    PICTURE.save("a.png")
    PICTURE.save("b.jpg")
    assert wirgan_client.main(["translate", "a.png", "b.jpg", *common]) == 0
    assert sorted(path.name for path in pathlib.Path("out").iterdir()) == ["a.png", "b.png"]
    assert Image.open("out/a.png").size == (9, 13)
    assert wirgan_client.main(["translate", "a.png", "a.jpg", *common]) == 1
    assert "two of the pictures have one name" in capsys.readouterr().err
    before = pathlib.Path("a.png").read_bytes()
    assert wirgan_client.main(["translate", "a.png", *common, "--output=./"]) == 1
    assert "the translation would replace a.png; choose another folder" in capsys.readouterr().err
    assert pathlib.Path("a.png").read_bytes() == before
    assert wirgan_client.main(["translate", "a.png", "--condition", "attributes=Male", *common]) == 1
    assert "the model has no condition attributes; it has none" in capsys.readouterr().err


def test_the_curl(server, tmp_path):
    PICTURE.save(tmp_path / "photo.png")
    done = subprocess.run(["bash", CURLS], cwd=tmp_path, capture_output=True, text=True, timeout=120, env={
        "PATH": "/usr/bin:/bin", "MODEL": server.url("/v1/models/colouring"), "PICTURE": "photo.png"})
    assert done.returncode == 0, done.stderr + done.stdout
    np.testing.assert_array_equal(Image.open(tmp_path / "translation.png"), opened(
        base64.b64decode(ask(server, encoded(PICTURE)).json()["predictions"][0]["b64"])))


@pytest.mark.skipif(browser.CHROMIUM is None, reason="there is no chromium on this machine")
def test_the_page(server):
    content = base64.b64encode(encoded(PICTURE.resize((60, 40)))).decode()
    drop = f"""(async () => {{
        const file = new File([Uint8Array.from(atob("{content}"), one => one.charCodeAt(0))], "a.png");
        const transfer = new DataTransfer();
        transfer.items.add(file);
        element("side").value = 30;
        element("drop").dispatchEvent(new DragEvent("drop", {{dataTransfer: transfer}}));
    }})()"""

    async def look():
        async with browser.open_page() as page:
            await page.open(server.url("/"))
            await page.until("element('request').textContent.includes('translate_png_rows')")
            assert await page.evaluate("element('directions').hidden && element('pictures').hidden")
            await page.evaluate(drop)
            await page.until("element('translation').naturalWidth > 0")
            assert await page.evaluate("element('source').width") == 30
            translation = "[element('translation').naturalWidth, element('translation').naturalHeight]"
            assert await page.evaluate(translation) == [30, 20]
            await page.evaluate("choose(new File(['no picture'], 'b.txt'))")
            await page.until("!element('error').hidden")
            text = await page.evaluate("element('error').textContent")
            assert text == "b.txt is no picture that this browser can read."
            assert page.problems == []
            return await page.evaluate("element('request').textContent")

    assert "base64 -w 0 photo.jpg" in asyncio.run(look())


@pytest.mark.skipif(browser.CHROMIUM is None, reason="there is no chromium on this machine")
def test_the_page_unchecks_what_an_attribute_excludes(tints):
    checked = "[...document.querySelectorAll('[name=attributes]')].filter(box => box.checked).map(box => box.value)"

    async def look():
        async with browser.open_page() as page:
            await page.open(tints.url("/"))
            await page.until("document.querySelectorAll('[name=attributes]').length === 3")
            seen = [await page.evaluate(checked)]
            for value in ("thick", "green", "red", "thick"):
                await page.evaluate(f"document.querySelector('[value={value}]').click()")
                seen.append(await page.evaluate(checked))
            assert page.problems == []
            return seen, await page.evaluate("element('request').textContent")

    seen, request = asyncio.run(look())
    assert seen == [["red"], ["red", "thick"], ["green", "thick"], ["red", "thick"], ["red"]]
    assert '"attributes":[1,0,0]' in request
