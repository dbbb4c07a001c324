// Prints what is wrong with an AsyncAPI document, as JSON: node asyncapi.mjs FILE
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const wrong = diagnostics.filter((each) => each.severity < 2).map((each) => `${each.path.join("/")}: ${each.message}`);
console.log(JSON.stringify(document ? wrong : ["no document", ...wrong]));
