"""The page at /, in a headless browser."""

import asyncio
import json
import re
import shlex

import pytest
import requests

from tests.serving import browser

in_a_browser = pytest.mark.skipif(browser.CHROMIUM is None, reason="there is no chromium on this machine")


def asked_of(line):
    """What a curl line asks the server: (address, body)."""
    words = shlex.split(line.replace("\\\n", ""))
    assert (words[:2], words[3]) == (["curl", "-s"], "-d")
    return words[2], words[4]


def test_is_one_file_that_asks_for_no_other(start, varied_base):
    response = start(varied_base, model_name="<b>'s & \"x\"").get("/")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "connect-src 'self'" in response.headers["Content-Security-Policy"]
    assert re.findall(r'(?:src|href)="([^"]*)"', response.text) == ["data:,"]
    assert not re.search(r"https?://|\burl\(|@import", response.text)
    assert "{{" not in response.text
    assert "<b>" not in response.text


@in_a_browser
def test_samples_their_canvases_and_requests(start, generators):
    server = start(generators, model_name="digits")

    async def look():
        async with browser.open_page() as page:
            await page.open(server.url("/#seed=5&truncation=0.5"))
            await page.until("document.querySelectorAll('#gallery img').length === 24")
            assert await page.evaluate("[...document.images].every(image => image.naturalWidth === 8)")
            pictures = await page.evaluate("[...document.images].map(image => image.src)")
            await page.until("document.getElementById('version').textContent.startsWith('Version 2.')")
            gallery = await page.evaluate("document.getElementById('gallery-request').textContent")
            await page.evaluate("document.querySelectorAll('#gallery button')[3].click()")
            await page.until("document.querySelectorAll('#canvases img').length === 3")
            assert await page.evaluate("document.querySelectorAll('#canvases img')[2].src") == pictures[3]
            assert await page.evaluate("document.getElementById('drawing-title').textContent") == "How seed 8 was drawn"
            canvases = await page.evaluate("document.getElementById('drawing-request').textContent")
            # Other seeds and another truncation are other pictures.
            await page.evaluate("truncation.value = 1, truncation.dispatchEvent(new Event('change'))")
            await page.until(f"document.images[0].src !== '{pictures[0]}'")
            await page.evaluate("document.getElementById('fresh').click()")
            await page.until("!location.hash.includes('seed=5&')")
            assert await page.evaluate("document.getElementById('error').hidden")
            outside = await page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)"
                                          ".filter(name => !name.startsWith(location.origin))")
            assert (outside, page.problems) == ([], [])
            return pictures, gallery, canvases

    pictures, gallery, canvases = asyncio.run(look())
    address, body = asked_of(gallery)
    assert json.loads(body)["inputs"] == {"seed": list(range(5, 29)), "truncation": [0.5] * 24}
    outputs = requests.post(address, data=body, timeout=60).json()["outputs"]
    assert [f"data:image/png;base64,{png['b64']}" for png in outputs] == pictures
    address, body = asked_of(canvases)
    assert json.loads(body) == {"signature_name": "refine_png_rows", "inputs": {"seed": [8], "truncation": [0.5]}}
    assert requests.post(address, data=body, timeout=60).json()["outputs"][0][-1]["b64"] in pictures[3]


@in_a_browser
def test_a_control_for_each_condition(start, labelled):
    server = start(labelled[1].parent)

    async def look():
        async with browser.open_page() as page:
            await page.open(server.url("/#seed=5&label=3&attributes=1,0"))
            await page.until("document.querySelectorAll('#gallery img').length === 24")
            controls = await page.evaluate("[...document.querySelectorAll('#conditions input, #conditions select')]"
                                           ".map(control => [control.name, control.value, control.checked])")
            assert controls == [["attributes", "upper", True], ["attributes", "left", False], ["label", "3", None]]
            first = await page.evaluate("document.images[0].src")
            await page.evaluate("label = document.querySelector('[name=label]'), label.value = 9,"
                                "label.dispatchEvent(new Event('change'))")
            await page.until(f"document.images[0].src !== '{first}'")
            assert await page.evaluate("location.hash.includes('label=9')")
            request = await page.evaluate("document.getElementById('gallery-request').textContent")
            await page.evaluate("document.querySelector('[value=left]').click()")
            await page.until("decodeURIComponent(location.hash).includes('attributes=upper,left')")
            await page.evaluate("label.value = 'each', label.dispatchEvent(new Event('change'))")
            await page.until("document.querySelectorAll('#gallery button')[12].title"
                             " === 'seed 17, upper,left, label 2'")
            assert page.problems == []
            return request

    address, body = asked_of(asyncio.run(look()))
    inputs = json.loads(body)["inputs"]
    assert (inputs["label"], inputs["attributes"]) == ([9] * 24, [[1, 0]] * 24)
    assert requests.post(address, data=body, timeout=60).status_code == 200


@in_a_browser
def test_classes_by_name(start, pets):
    server = start(pets[1].parent)

    async def look():
        async with browser.open_page() as page:
            await page.open(server.url("/#seed=5&label=dog"))
            await page.until("document.querySelectorAll('#gallery img').length === 24")
            options = await page.evaluate("[...document.querySelector('[name=label]').options].map(one => one.text)")
            assert options == ["each in turn", "cat", "dog", "Käfer"]
            await page.evaluate("document.querySelectorAll('#gallery button')[1].click()")
            await page.until("document.querySelectorAll('#canvases img').length === 1")
            same = "document.querySelector('#canvases img').src === document.images[1].src"
            assert await page.evaluate(same)
            assert await page.evaluate("document.getElementById('drawing-title').textContent") == (
                "How seed 6, label dog was drawn")
            assert page.problems == []
            return await page.evaluate("document.getElementById('gallery-request').textContent")

    address, body = asked_of(asyncio.run(look()))
    assert json.loads(body)["signature_name"] == "png_by_name_rows"
    assert json.loads(body)["inputs"]["label"] == ["dog"] * 24
    assert requests.post(address, data=body.encode(), timeout=60).status_code == 200


@in_a_browser
def test_sentences(start, worded):
    server = start(worded[1].parent)

    async def look():
        async with browser.open_page() as page:
            await page.open(server.url("/#seed=5&text=a red three;thick"))
            await page.until("document.querySelectorAll('#gallery img').length === 24")
            field = "document.querySelector('#conditions [name=text]')"
            assert await page.evaluate(f"{field}.nextSibling.textContent") == "not known: a"
            await page.evaluate("document.querySelectorAll('#gallery button')[1].click()")
            await page.until("document.querySelectorAll('#canvases img').length === 2")
            assert await page.evaluate("document.getElementById('drawing-title').textContent") == (
                "How seed 6, thick was drawn")
            same = "document.querySelectorAll('#canvases img')[1].src === document.images[1].src"
            assert await page.evaluate(same)
            gallery = await page.evaluate("document.getElementById('gallery-request').textContent")
            await page.evaluate(f"{field}.value = 'pink', {field}.dispatchEvent(new Event('change'))")
            await page.until("document.getElementById('error').textContent.includes('no word that the model knows')")
            return gallery

    address, body = asked_of(asyncio.run(look()))
    assert json.loads(body)["signature_name"] == "text_png_rows"
    assert json.loads(body)["inputs"]["text"] == ["a red three", "thick"] * 12
    assert requests.post(address, data=body.encode(), timeout=60).status_code == 200


@in_a_browser
def test_errors_are_shown_to_the_person(start, generators, varied_base):
    without_pictures = start(varied_base, model_name="<b>'s & \"x\"")
    few_rows = start(generators, model_name="digits", max_request_rows=5)

    async def look():
        async with browser.open_page() as page:
            await page.open(without_pictures.url("/"))
            await page.until("!document.getElementById('error').hidden")
            text = await page.evaluate("document.getElementById('error').textContent")
            assert text == 'Serving signature name: "png_rows" not found in signature def (status 400)'
            assert await page.evaluate("document.querySelector('h1').textContent") == "<b>'s & \"x\""
            await page.open(few_rows.url("/#seed=1"))
            await page.until("document.querySelectorAll('#gallery img').length === 5")
            await page.evaluate("truncation.min = 0, truncation.value = 0, draw()")
            await page.until("document.getElementById('error').textContent.includes('truncation must be positive')")
            await page.evaluate("truncation.value = 1, draw()")
            await page.until("document.getElementById('error').hidden")
            await page.evaluate("window.fetch = () => Promise.reject(new TypeError('gone'))")
            await page.evaluate("document.querySelectorAll('#gallery button')[0].click()")
            await page.until("document.getElementById('error').textContent === 'The server does not answer (gone).'")

    asyncio.run(look())
