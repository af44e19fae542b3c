import { InvalidInputError } from "../../components/manifest/problem";
import { parseOptions } from "./options";
import { startEndpoint } from "./server";

async function main(): Promise<void> {
    const endpoint = await startEndpoint(parseOptions(process.argv.slice(2)), process.env.AWS_ACCESS_KEY_ID ?? "test");
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
        process.once(signal, () => void endpoint.close().then(() => process.exit(0)));
    }
    process.stdout.write("ready\n");
}

main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(error instanceof InvalidInputError ? 2 : 1);
});
