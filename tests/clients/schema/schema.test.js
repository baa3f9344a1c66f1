// Validates scenario files with the schema that the binary prints, by ajv. An editor ignores keywords
// that it does not know, so ajv does too.

const assert = require("node:assert");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");

const Ajv = require("ajv/dist/2020");
const addFormats = require("ajv-formats");

const root = path.join(__dirname, "../../..");
const binary = process.env.BELVO_EMULATOR_BIN || path.join(root, "target/debug/belvo-emulator");
const schema = JSON.parse(execFileSync(binary, ["scenarios", "schema"], { encoding: "utf8" }));
const ajv = new Ajv({ strict: false, allErrors: true, formats: { int64: true, uint: true, uint8: true, uint16: true } });
addFormats(ajv);
const validate = ajv.compile(schema);

function files(directory) {
  const folder = path.join(root, directory);
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".json"));
  assert.notEqual(names.length, 0);
  return names.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]);
}

test("the schema accepts every built-in file", () => {
  for (const [name, text] of files("scenarios")) {
    assert.ok(validate(JSON.parse(text)), `${name}: ${ajv.errorsText(validate.errors)}`);
  }
});

test("the schema refuses every mistake of the shape", () => {
  for (const [name, text] of files("tests/it/mistakes/shape")) {
    // JavaScript takes the last of two keys; an editor marks them by itself.
    if (name === "key_twice.json") continue;
    assert.ok(!validate(JSON.parse(text)), name);
    assert.notEqual(validate.errors.length, 0);
  }
});

test("mistakes of the meaning have a shape that is right", () => {
  for (const [name, text] of files("tests/it/mistakes/meaning")) {
    // Editors know what a regular expression is.
    const isRight = name !== "regular_expression.json";
    assert.equal(validate(JSON.parse(text)), isRight, name);
  }
});

test("the place and the word of a mistake are told", () => {
  const scenario = {
    name: "mine",
    description: "d",
    login: { accept: { data: { generate: { status: "EMPLOYD", emplyers: [1, 3] } } } },
  };
  assert.ok(!validate(scenario));
  const about = (keyword) => validate.errors.filter((error) => error.keyword === keyword);
  const inside = "/login/accept/data/generate";
  assert.ok(about("enum").some((error) => error.instancePath === `${inside}/status`));
  const unknown = about("additionalProperties").filter((error) => error.instancePath === inside);
  assert.ok(unknown.some((error) => error.params.additionalProperty === "emplyers"));
});
