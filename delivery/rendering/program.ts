import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { callError, startMockEngine } from "./mockEngine";
import { settleOutputs, valueOf } from "./valueOf";

export const ROOT = path.join(__dirname, "..", "..");
const DIGEST = `sha256:${"e".repeat(64)}`;

/** What `index.ts` exports. */
export type Program = () => Promise<Record<string, unknown>>;

export interface ProgramOptions {
    /** One that has a stack file. */
    readonly stack: string;
    /** Overrides of the stack file, by full key. */
    readonly configuration?: Readonly<Record<string, string>>;
    /** Outputs of the last update, as the stack reads them back from itself. */
    readonly lastOutputs?: Readonly<Record<string, unknown>>;
    /** Tags that the registry has. @default none */
    readonly registryHas?: (repositoryName: string, imageTag: string) => boolean;
    /** @default false */
    readonly preview?: boolean;
}

/** Outputs of the program, and what it asked the registry for. */
export interface ProgramRun {
    readonly outputs: Record<string, unknown>;
    readonly lookedUp: readonly string[];
}

/** Runs a whole program under mocks, with the configuration of its stack's file. */
export async function runProgram(program: Program, options: ProgramOptions): Promise<ProgramRun> {
    const lookedUp: string[] = [];
    const { AWS_ENDPOINT_URL } = process.env;
    const configuration = { ...stackConfiguration(options.stack), ...options.configuration };
    await startMockEngine({
        stack: options.stack,
        preview: options.preview,
        calls: {
            "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "123456789012" }),
            "aws:ecr/getAuthorizationToken:getAuthorizationToken": () => ({ proxyEndpoint: "https://registry", userName: "AWS", password: "token" }),
            "aws:ecr/getImage:getImage": ({ repositoryName, imageTag }) => {
                lookedUp.push(`${String(repositoryName)}:${String(imageTag)}`);
                if (options.registryHas?.(String(repositoryName), String(imageTag)) !== true) {
                    throw callError("ImageNotFoundException: not there");
                }
                return { imageDigest: DIGEST };
            },
        },
        outputs: ({ type }) => (type === "pulumi:pulumi:StackReference" ? { outputs: options.lastOutputs ?? {}, secretOutputNames: [] } : undefined),
    });
    pulumi.runtime.setAllConfig(configuration);
    setEndpoint(configuration["container-lambdas:runsOn"] === "emulator" ? "http://127.0.0.1:1" : undefined);
    try {
        const outputs: Record<string, unknown> = await valueOf(pulumi.output(await program()));
        await settleOutputs();
        return { outputs, lookedUp: lookedUp.sort() };
    } finally {
        setEndpoint(AWS_ENDPOINT_URL);
    }
}

function setEndpoint(endpoint: string | undefined): void {
    if (endpoint === undefined) {
        delete process.env.AWS_ENDPOINT_URL;
    } else {
        process.env.AWS_ENDPOINT_URL = endpoint;
    }
}

/** What the engine would pass: texts, and JSON for everything else. */
function stackConfiguration(stack: string): Record<string, string> {
    const { config }: { config: Record<string, unknown> } = parse(fs.readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8"));
    const texts = Object.entries(config).map(([key, value]): [string, string] => [key, typeof value === "string" ? value : JSON.stringify(value)]);
    // Written by `npm run local` for this machine; the tests run without it.
    return { ...Object.fromEntries(texts), "container-lambdas:baseImages": "app/base-images.json" };
}
