import { rmSync, symlinkSync } from "node:fs";
import type { Checkout } from "./checkout";

/** One thing that a person could write, and what must be said about it. */
export interface Fault {
    /** In words, for the reader of a failed test. */
    readonly what: string;
    readonly file: string;
    /** As the report names it; absent where the whole file is meant. */
    readonly key?: string;
    /** In the text of the rule. */
    readonly rule: RegExp;
}

const FUNCTIONS = "app/functions";
const SETTINGS = "Pulumi.local.yaml";
const DOCKERFILE = 'ARG BASE_PYTHON\nFROM ${BASE_PYTHON}\nCOPY src /var/task\nCMD ["app.handler"]\n';
// In two parts, so that no scanner of this repository takes them for real ones.
const ACCESS_KEY = ["AKIA", "QYLPMN5HFIQR7XYA"].join("");
const SLACK_TOKEN = ["xoxb-", "2514367890-2514367891-AbCdEfGhIjKlMnOpQrStUvWx"].join("");

/** Lines of the stack's settings; each replaces the line of the same key or is added. */
const BAD_SETTINGS: readonly (Omit<Fault, "file"> & { readonly line: string })[] = [
    { what: "a region that does not exist", line: "aws:region: us-east-9", key: "aws:region", rule: /no region/ },
    { what: "an account id whose zero is lost", line: "aws:allowedAccountIds: [12345678901]", key: "aws:allowedAccountIds[0]", rule: /leading zeros/ },
    { what: "a number below its limit", line: "container-lambdas:maxParallelBuilds: 0", key: "maxParallelBuilds", rule: /1 to 200/ },
    { what: "a retention that CloudWatch does not know", line: "container-lambdas:logRetentionDays: 45", key: "logRetentionDays", rule: /30/ },
    { what: "an unknown processor", line: "container-lambdas:architecture: x86", key: "architecture", rule: /x86_64/ },
    { what: "fewer images than rollbacks need", line: "container-lambdas:keepImages: 3", key: "keepImages", rule: /10 to 1,?000/ },
    { what: "a text where true or false is needed", line: "container-lambdas:protectData: maybe", key: "protectData", rule: /true|false/ },
    { what: "a path that leaves the project", line: "container-lambdas:baseImages: ../base-images.json", key: "baseImages", rule: /outside|\.\./ },
    { what: "no ARN", line: "container-lambdas:alarmTopicArn: my-topic", key: "alarmTopicArn", rule: /ARN/ },
    { what: "a misspelt key", line: "container-lambdas:maxParalelBuilds: 4", key: "container-lambdas:maxParalelBuilds", rule: /maxParallelBuilds/ },
    { what: "a value that does not exist", line: "container-lambdas:release: canary", key: "release", rule: /direct/ },
    { what: "a credential in plain text", line: `aws:secretKey: ${ACCESS_KEY}`, key: "aws:secretKey", rule: /credential/ },
];

interface BadFunction {
    readonly name: string;
    readonly manifest?: string;
    readonly dockerfile?: string;
    readonly files?: Readonly<Record<string, string>>;
    readonly faults: readonly (Omit<Fault, "file"> & { /** Within the function's directory. @default function.yaml */ readonly file?: string })[];
}

const layerless = (text: string): string => `layer: false\n${text}`;

const BAD_FUNCTIONS: readonly BadFunction[] = [
    { name: "Bad_Name", faults: [{ what: "capitals in a name", file: "", rule: /a to z|lower/ }] },
    { name: "a-name-that-is-too-long-for-its-schedule", manifest: layerless("triggers:\n  - schedule: rate(1 day)\n"), faults: [{ what: "a derived name above 64 characters", file: "", rule: /derived .* characters \(limit: 64/ }] },
    { name: "p\u0456ng", faults: [{ what: "a letter that only looks like i", file: "", rule: /U\+0456/ }] },
    {
        name: "wrong-sizes",
        manifest: layerless('memorySize: 64\ntimeout: 901\nephemeralStorage: "512MB"\nreservedConcurrency: -1\n'),
        faults: [
            { what: "too little memory", key: "memorySize", rule: /128 to 10,240/ },
            { what: "too long a timeout", key: "timeout", rule: /1 to 900/ },
            { what: "a unit where a number is needed", key: "ephemeralStorage", rule: /number/ },
            { what: "a negative concurrency", key: "reservedConcurrency", rule: /0 to 900/ },
        ],
    },
    {
        name: "wrong-environment",
        manifest: layerless(`environment:\n  AWS_REGION: here\n  A: short\n  COUNT: 3\n  PLACE: "\${rav.name}"\n  TOKEN_OF_IT: ${SLACK_TOKEN}\n`),
        faults: [
            { what: "a reserved variable", key: "environment.AWS_REGION", rule: /reserved/ },
            { what: "a variable of one letter", key: "environment.A", rule: /two or more/ },
            { what: "a number where text is needed", key: "environment.COUNT", rule: /text|string|quot/ },
            { what: "a reference to nothing", key: "environment.PLACE", rule: /raw/ },
            { what: "a secret in the environment", key: "environment.TOKEN_OF_IT", rule: /credential/ },
        ],
    },
    { name: "wrong-size-of-environment", manifest: layerless(`environment:\n  BIG: ${"\u00e9".repeat(2_050)}\n`), faults: [{ what: "4,103 bytes in 2,053 characters", key: "environment", rule: /4,10\d of 4,096/ }] },
    { name: "wrong-architecture", manifest: layerless("architecture: aarch64\n"), faults: [{ what: "another name of a processor", key: "architecture", rule: /arm64/ }] },
    {
        name: "wrong-keys",
        manifest: layerless("memorysize: 256\nruntime: python3.12\nbatchSize: 5\n"),
        faults: [
            { what: "a key in the wrong case", key: "memorysize", rule: /memorySize/ },
            { what: "a key of functions without an image", key: "runtime", rule: /container images/ },
            { what: "a key of another level", key: "batchSize", rule: /trigger/ },
        ],
    },
    { name: "wrong-duplicate", manifest: layerless("timeout: 3\ntimeout: 4\n"), faults: [{ what: "a key given twice", key: "timeout", rule: /twice|duplicate|unique/i }] },
    { name: "wrong-tabs", manifest: "layer: false\nsmoke:\n\tpayload: {}\n", faults: [{ what: "a tab as indentation", rule: /tab/i }] },
    {
        name: "wrong-schedules",
        manifest: layerless("triggers:\n  - schedule: rate(1 minutes)\n  - schedule: cron(0 12 1 * 1 *)\n  - schedule: at(2001-01-01T00:00:00)\n  - schedule: rate(5 minutes)\n    timeZone: Europe/Berln\n"),
        faults: [
            { what: "plural for one", key: "triggers[0].schedule", rule: /minute/ },
            { what: "both days set", key: "triggers[1].schedule", rule: /exactly one/ },
            { what: "a time that has passed", key: "triggers[2].schedule", rule: /past/ },
            { what: "a misspelt time zone", key: "triggers[3].timeZone", rule: /Europe\/Berlin/ },
        ],
    },
    {
        name: "wrong-triggers",
        manifest: layerless("triggers:\n  - bucket: raw\n    prefix: meteorites/\n    suffix: json\n  - queue: conversons\n  - queue: conversions\n    batchSize: 20\n"),
        faults: [
            { what: "a prefix that another function has", key: "triggers[0]", rule: /overlaps/ },
            { what: "an unknown queue", key: "triggers[1].queue", rule: /conversions/ },
            { what: "a batch that needs a window", key: "triggers[2].batchSize", rule: /batchingWindow/ },
            { what: "a queue that another function reads", key: "triggers[2].queue", rule: /already/ },
        ],
    },
    {
        name: "wrong-rights",
        manifest: layerless('grants:\n  stag: read\n  raw: consume\nstatements:\n  - actions: ["s3:*"]\n    resources: ["${raw.arn}"]\n  - actions: [iam:PassRole]\n    resources: ["*"]\n  - actions: [dynamodbb:GetItem]\n    resources: ["arn:aws:dynamodb:us-east-1:000000000000:table/x"]\n'),
        faults: [
            { what: "a grant on nothing", key: "grants.stag", rule: /stage/ },
            { what: "a grant that the kind does not have", key: "grants.raw", rule: /read/ },
            { what: "a wildcard action", key: "statements[0].actions[0]", rule: /wildcard/ },
            { what: "an action beyond the boundary", key: "statements[1].actions[0]", rule: /boundary/ },
            { what: "every resource without a reason", key: "statements[1].resources[0]", rule: /reason/ },
            { what: "an unknown service", key: "statements[2].actions[0]", rule: /dynamodb/ },
        ],
    },
    {
        name: "wrong-network",
        manifest: layerless("network:\n  subnetIds: [subnet-0123456789abcdef0]\n  securityGroupIds: []\n"),
        faults: [
            { what: "one zone only", key: "network.subnetIds", rule: /zone/ },
            { what: "no security group", key: "network.securityGroupIds", rule: /security group/ },
        ],
    },
    { name: "wrong-handlers", manifest: layerless('handlers:\n  ping:\n    command: [app.handler]\n  "x;$(id)":\n    command: [app.handler]\n'), faults: [
        { what: "a name that another function has", key: "handlers.ping", rule: /same function name/ },
        { what: "shell text in a name", key: 'handlers["x;$(id)"]', rule: /;/ },
    ] },
    { name: "wrong-layer", manifest: "layer: true\n", faults: [{ what: "a layer that the Dockerfile does not take", file: "Dockerfile", rule: /LAYER/ }] },
    {
        name: "wrong-dockerfile",
        manifest: layerless(""),
        dockerfile: "FROM python:3.12\nARG API_TOKEN\nADD https://example.com/x /x\nRUN curl -k https://example.com\nRUN sudo true\nCMD app.handler\n",
        faults: [
            { what: "a base by tag", file: "Dockerfile", rule: /tag/ },
            { what: "a credential as argument", file: "Dockerfile", rule: /API_TOKEN/ },
            { what: "a download without checksum", file: "Dockerfile", rule: /checksum/ },
            { what: "certificates not checked", file: "Dockerfile", rule: /certificates/ },
            { what: "sudo", file: "Dockerfile", rule: /sudo/ },
            { what: "CMD in the shell form", file: "Dockerfile", rule: /shell form/ },
        ],
    },
    { name: "wrong-context", manifest: layerless(""), files: { ".env": "X=1\n" }, faults: [{ what: "a file of secrets in the context", file: ".env", rule: /secret/ }] },
];

/** Writes every fault into one checkout, beside the functions that are right. Answers what must be reported. */
export function spoil(checkout: Checkout): Fault[] {
    const settings = checkout.read(SETTINGS).split("\n").filter((line) => !BAD_SETTINGS.some((bad) => line.trim().startsWith(`${keyOf(bad.line)}:`)));
    settings.splice(settings.indexOf("config:") + 1, 0, ...BAD_SETTINGS.map(({ line }) => `  ${line}`));
    checkout.write(SETTINGS, settings.join("\n"));
    for (const { name, manifest = layerless(""), dockerfile = DOCKERFILE, files = {} } of BAD_FUNCTIONS) {
        const folder = `${FUNCTIONS}/${name}`;
        checkout.write(`${folder}/function.yaml`, manifest);
        checkout.write(`${folder}/Dockerfile`, dockerfile);
        checkout.write(`${folder}/src/app.py`, "def handler(event, context):\n    return {}\n");
        Object.entries(files).forEach(([file, text]) => checkout.write(`${folder}/${file}`, text));
    }
    checkout.write(`${FUNCTIONS}/no-dockerfile/function.yaml`, layerless(""));
    checkout.write(`${FUNCTIONS}/no-manifest/Dockerfile`, DOCKERFILE);
    symlinkSync("../../docs", checkout.path(`${FUNCTIONS}/outside`));
    return [
        ...BAD_SETTINGS.map(({ line: _line, ...fault }) => ({ ...fault, file: SETTINGS })),
        ...BAD_FUNCTIONS.flatMap(({ name, faults }) =>
            faults.map(({ file = "function.yaml", ...fault }) => ({ ...fault, file: [FUNCTIONS, name, file].filter((part) => part !== "").join("/") })),
        ),
        { what: "a directory without Dockerfile", file: `${FUNCTIONS}/no-dockerfile/Dockerfile`, rule: /missing/ },
        { what: "a directory without manifest", file: `${FUNCTIONS}/no-manifest/function.yaml`, rule: /missing/ },
        { what: "a link out of the functions' folder", file: `${FUNCTIONS}/outside`, rule: /link/ },
    ];
}

/** Takes back what `spoil` wrote. */
export function mend(checkout: Checkout, settings: string): void {
    checkout.write(SETTINGS, settings);
    for (const name of [...BAD_FUNCTIONS.map((bad) => bad.name), "no-dockerfile", "no-manifest", "outside"]) {
        rmSync(checkout.path(`${FUNCTIONS}/${name}`), { recursive: true, force: true });
    }
}

function keyOf(line: string): string {
    return line.slice(0, line.indexOf(": "));
}
