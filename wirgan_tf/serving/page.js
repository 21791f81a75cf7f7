"use strict";
const model = document.body.dataset.model;
const address = `${location.origin}/v1/models/${encodeURIComponent(model)}`;
const element = id => document.getElementById(id);
// What the model can be asked beside its pictures' seeds or sources: {name, text: what the address shows, of: value of a
// row, said: in words}.
const conditions = [];

function drawOnChange(control) {
  control.addEventListener("change", draw);
  return control;
}

// A box for each attribute. Of a group that excludes one another, groups[place] >= 0, the first is checked at the start,
// and checking one unchecks the others.
function addAttributes(name, names, groups, before) {
  const fieldset = document.createElement("fieldset"), legend = document.createElement("legend");
  const words = (before ?? "").split(",").map(text => text.trim()), numbers = words.map(Number);
  legend.textContent = name;
  fieldset.append(legend);
  const boxes = names.map((text, place) => {
    const label = document.createElement("label"), box = drawOnChange(document.createElement("input"));
    box.type = "checkbox";
    box.name = name;
    box.value = text;
    box.checked = words.includes(text) || numbers.length === names.length && numbers[place] >= 0.5
      || !before && groups[place] >= 0 && groups.indexOf(groups[place]) === place;
    label.append(box, text);
    fieldset.append(label);
    return box;
  });
  for (const [place, box] of boxes.entries()) {
    if (groups[place] < 0) continue;
    const others = boxes.filter((other, at) => other !== box && groups[at] === groups[place]);
    // "input" comes before "change", which draws.
    box.addEventListener("input", () => { if (box.checked) for (const other of others) other.checked = false; });
  }
  element("conditions").append(fieldset);
  const checked = () => boxes.filter(box => box.checked).map(box => box.value).join(",");
  conditions.push({name, of: () => boxes.map(box => Number(box.checked)), text: checked, said: checked});
}

async function told(signature_name) {
  const body = JSON.stringify({signature_name, inputs: {seed: [0]}});
  return (await ask(`${address}:predict`, {method: "POST", body})).outputs[0];
}

function namesOf(name) {
  return told(`${name}_names_rows`);
}

// The number of each attribute's exclusive group; -1 for those in none.
async function groupsOf(name, names, signatures) {
  const signature = `${name}_groups_rows`;
  return signature in signatures ? (await told(signature)).map(Number) : names.map(() => -1);
}

function curl(body) {  // in single quotes; of all JSON only a single quote would end them
  return `curl -s '${address}:predict' \\\n  -d '${body.replaceAll("'", "'\\''")}'`;
}

async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    throw new Error(`The server does not answer (${error.message}).`);
  }
  const answer = await response.json().catch(() => ({error: "the answer is no JSON"}));
  if (!response.ok) throw new Error(`${answer.error ?? "no reason given"} (status ${response.status})`);
  return answer;
}

function picture(png, text) {
  const image = document.createElement("img");
  image.src = `data:image/png;base64,${png.b64}`;
  image.alt = text;
  return image;
}

function showError(error) {
  element("error").textContent = error ? error.message : "";
  element("error").hidden = !error;
}

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(element(button.dataset.of).textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(element(button.dataset.of));
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

