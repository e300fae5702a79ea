#!/usr/bin/env node
// Makes aws_schema.json: names and types of all arguments and attributes of what terraform/ uses of the provider
// hashicorp/aws 6.25.0. Run it again when terraform/ uses another type:
//
//   cd tests/terraform && npm ci --ignore-scripts --legacy-peer-deps && ./aws_schema.js && rm -r node_modules
//
// The package @cdktf/provider-aws is generated from the provider's schema. Its classes hand each argument to a function of
// the library cdktf that depends on the argument's type. Here a library of the same names stands for cdktf, whose functions
// return the type instead of a value: the classes then recite their schema.
"use strict";
const fs = require("fs"), path = require("path"), Module = require("module");
const packageFolder = path.join(__dirname, "node_modules/@cdktf/provider-aws");
const { version } = JSON.parse(fs.readFileSync(path.join(packageFolder, "package.json")));

// Any argument, however deep, is there.
const anything = new Proxy(function () {}, { get: (_, name) => (name === Symbol.toPrimitive ? () => "" : anything), apply: () => anything });
const attribute = (type) => (name) => ({ name, type });
class Named { // lists, maps and objects that only the provider sets
  constructor(parent, name, isSet) { Object.assign(this, { attributeName: name, isSet }); }
  internalValue = anything;
}
class Getters extends Named {
  getStringAttribute = attribute("string"); getNumberAttribute = attribute("number"); getBooleanAttribute = attribute("bool");
  getListAttribute = attribute(["list", "string"]); getNumberListAttribute = attribute(["list", "number"]);
  getStringMapAttribute = attribute(["map", "string"]); getNumberMapAttribute = attribute(["map", "number"]);
  getBooleanMapAttribute = attribute(["map", "bool"]); getAnyMapAttribute = attribute(["map", "dynamic"]);
}
class Top extends Getters { constructor() { super(null, null); } }
class Simple extends Named {}
const of = (type) => class extends Simple { type = type; };
const standIn = {
  canInspect: () => true, Tokenization: { isResolvable: () => false }, isComplexElement: () => false,
  stringToHclTerraform: () => "string", numberToHclTerraform: () => "number", booleanToHclTerraform: () => "bool",
  anyToHclTerraform: () => "dynamic",
  listMapperHcl: (element) => () => ({ each: element(anything) }), hashMapperHcl: (element) => () => ({ each: element(anything) }),
  Fn: { tolist: (got) => ({ ...got, type: ["set", got.type[1]] }) },
  TerraformResource: Top, TerraformDataSource: Top, TerraformProvider: Top, ComplexObject: Getters,
  ComplexList: class extends Named { many = "list"; }, ComplexMap: class extends Named { many = "map"; },
  StringMap: of(["map", "string"]), NumberMap: of(["map", "number"]), BooleanMap: of(["map", "bool"]), AnyMap: of(["map", "dynamic"]),
  StringMapList: of(["list", ["map", "string"]]), NumberMapList: of(["list", ["map", "number"]]), AnyMapList: of(["list", ["map", "dynamic"]]),
};
const cdktf = new Proxy(standIn, { get: (known, name) => known[name] ?? (() => anything) });
const load = Module._load;
Module._load = (request, ...rest) => (request === "cdktf" ? cdktf : load(request, ...rest));

const isOptional = (made, name) => { // what may be left out has a method resetX
  const camel = name.split("_").map((word) => word && word[0].toUpperCase() + word.slice(1)).join("");
  // Names that begin with get_ would be taken for getters: they begin with "fetch" there.
  return made === null || [camel, camel.replace(/^Get/, "Fetch")].some((stem) => typeof made[`reset${stem}`] === "function");
};

// What the getters of an object of the provider's tell: {name: type}.
function told(made, depth = 0) {
  const types = {};
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(made)))) {
    if (!get || /^(internalValue|.*Input)$/.test(name)) continue;
    const got = get.call(made);
    if (got instanceof Named) types[got.attributeName] = typeOf(got, depth);
    else if (got?.name && got.type) types[got.name] = got.type;
  }
  return types;
}
function typeOf(got, depth) {
  if (got instanceof Simple) return got.type;
  if (depth > 8) return "dynamic";
  if (got.many) return [got.many === "map" ? "map" : got.isSet ? "set" : "list", ["object", told(got.get(0), depth + 1)]];
  return ["object", told(got, depth + 1)];
}

// Arguments as terraform writes them; made: the object that knows which may be left out.
function block(recited, made, isTop) {
  const attributes = {}, blocks = {};
  for (const [name, { value, isBlock, type: kind, storageClassType }] of Object.entries(recited)) {
    const nested = value?.each ?? value, required = !isOptional(made, name);
    if (isBlock && typeof nested === "object") {
      const inner = made && Object.values(made).find((member) => member instanceof Named && member.attributeName === name);
      const isOne = !value?.each;
      blocks[name] = {
        nesting: name === "timeouts" ? "single" : kind === "set" ? "set" : "list", most: isOne && name !== "timeouts" ? 1 : 0,
        least: required && name !== "timeouts" ? 1 : 0, block: block(nested, inner ? (inner.many ? inner.get(0) : inner) : null, false),
      };
      continue;
    }
    const plain = { string: "string", number: "number", bool: "bool", dynamic: "dynamic" }[nested];
    const map = /^(string|number|boolean|any)Map/.exec(storageClassType ?? "");
    const element = plain ?? ["object", Object.fromEntries(Object.entries(block(nested, null, false).attributes).map(([k, a]) => [k, a.type]))];
    const type = ["list", "set", "map"].includes(kind) ? [kind, map && kind !== "map" ? ["map", element] : element] : map ? ["map", element] : element;
    attributes[name] = { type, is: required ? "required" : isTop ? "either" : "optional" };
  }
  return { attributes, blocks };
}
function schemaOf(folder) {
  const exported = require(path.join(packageFolder, "lib", folder, "index.js"));
  const kind = Object.values(exported).find((member) => member?.prototype instanceof Top);
  const made = new kind(anything, "id", anything), schema = block(made.synthesizeHclAttributes(), made, folder !== "provider");
  if (folder !== "provider") {
    for (const [name, type] of Object.entries(told(made))) {
      if (!schema.attributes[name] && !schema.blocks[name]) schema.attributes[name] = { type, is: "computed" };
    }
  }
  return schema;
}

const used = new Set();
const terraform = path.join(__dirname, "../../terraform");
for (const file of fs.readdirSync(terraform).filter((name) => name.endsWith(".tf"))) {
  for (const [, kind, type] of fs.readFileSync(path.join(terraform, file), "utf8").matchAll(/^(resource|data) "(aws_\w+)"/gm)) used.add(`${kind} ${type}`);
}
const made = { source: `@cdktf/provider-aws ${version}: hashicorp/aws 6.25.0`, licence: "MPL-2.0, as the package", provider: schemaOf("provider"), resource: {}, data: {} };
for (const [kind, type] of [...used].sort().map((line) => line.split(" "))) {
  made[kind][type] = schemaOf((kind === "data" ? "data-aws-" : "") + type.slice(4).replaceAll("_", "-"));
}
const lines = (types) => Object.entries(types).map(([type, schema]) => `${JSON.stringify(type)}: ${JSON.stringify(schema)}`).join(",\n");
fs.writeFileSync(path.join(__dirname, "aws_schema.json"), `{"source": ${JSON.stringify(made.source)}, "licence": ${JSON.stringify(made.licence)},
"provider": ${JSON.stringify(made.provider)},
"resource": {\n${lines(made.resource)}},
"data": {\n${lines(made.data)}}}\n`);
console.log(`${Object.keys(made.resource).length} resources, ${Object.keys(made.data).length} data sources`);
